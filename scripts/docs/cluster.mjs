// The public face: options of joinCluster, what a cluster can do, what a program is told.
import { declarations, parse } from './syntax.mjs';
import { table } from './table.mjs';

export function joinOptions() {
  const source = parse('src/api/join-cluster-options.ts');
  const { body } = declarations(source).get('JoinClusterOptions').body;
  const rows = body.map((property) => [`\`${property.key.name}\``, source.docOf(property)]);
  return table(['option', 'meaning'], rows);
}

export function clusterEvents() {
  const source = parse('src/api/events.ts');
  const known = declarations(source);
  const fieldsOf = (node) => {
    switch (node.type) {
      case 'TSTypeLiteral':
        return node.members;
      case 'TSParenthesizedType':
        return fieldsOf(node.typeAnnotation);
      case 'TSIntersectionType':
        return node.types.flatMap(fieldsOf);
      case 'TSTypeReference':
        return known.get(node.typeName.name).body.body;
      default:
        throw new Error(`events.ts: ${node.type}`);
    }
  };
  const rows = known.get('ClusterEvent').typeAnnotation.types.map((event) => {
    const [type, ...fields] = fieldsOf(event);
    return [
      `\`${type.typeAnnotation.typeAnnotation.literal.value}\``,
      fields.map(({ key }) => `\`${key.name}\``).join(', ') || '–',
      source.docOf(event) || '–',
    ];
  });
  return table(['event', 'fields', 'when'], rows);
}

/** What a cluster offers, then what its list of members does. */
export function clusterMembers() {
  const rows = [
    ...publicMembers('src/api/cluster.ts', 'Cluster', 'cluster'),
    ...publicMembers('src/api/members.ts', 'Members', 'cluster.members'),
  ];
  return table(['', 'what it does or is'], rows);
}

/** What states, the shared map and topics offer. */
export function sharingMembers() {
  const rows = [
    ...publicMembers('src/api/state.ts', 'MemberState', 'cluster.stateOf(member)'),
    ...publicMembers('src/api/keyed.ts', 'Keyed', 'cluster.stateOf(member)'),
    ...publicMembers('src/api/state.ts', 'OwnState', 'cluster.state'),
    ...publicMembers('src/api/keyed.ts', 'Keyed', 'cluster.map'),
    ...publicMembers('src/api/shared-map.ts', 'SharedMap', 'cluster.map'),
    ...publicMembers('src/api/topic.ts', 'Topic', 'topic'),
  ];
  return table(['', 'what it does or is'], rows);
}

function publicMembers(path, name, object) {
  const source = parse(path);
  const { body } = declarations(source).get(name).body;
  return body
    .filter(({ key, kind }) => key.type === 'Identifier' && kind !== 'constructor')
    .map((member) => {
      const isMethod = member.type === 'MethodDefinition' && member.kind === 'method';
      const takes = isMethod ? `(${parameters(member, source)})` : '';
      const doc = source.docOf(member).replace(/ ?@throws.*$/, '');
      const what = doc.replaceAll(/\.? ?@param (\w+)/g, '. `$1`:');
      return [`\`${object}.${member.key.name}${takes}\``, what || '–'];
    });
}

function parameters({ value }, source) {
  return value.params
    .map((param) => (param.type === 'AssignmentPattern' ? param.left : param))
    .map((param) => param.name ?? source.textOf(param).replace(/:.*$/s, ''))
    .join(', ');
}
