// Run it in several terminals (after `npm run build`), then end one with Ctrl-C or kill -9:
//   node examples/members.js a 127.0.0.1:7946
//   node examples/members.js b 127.0.0.1:7947 127.0.0.1:7946
import { joinCluster } from 'hearsay';

const [name = 'a', bind = '127.0.0.1:7946', ...seeds] = process.argv.slice(2);
const cluster = await joinCluster({ name, bind, seeds, logger: console });
cluster.on('member-failed', ({ member, accusers }) => console.log(member.name, accusers));
process.once('SIGINT', () => cluster.leave());
console.log(`${name} is up at ${cluster.self.address}, ${cluster.members.size} in all`);
