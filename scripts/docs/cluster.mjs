// The public face: options of joinCluster and the events that a program is told.
import { declarations, parse } from './syntax.mjs';
import { table } from './table.mjs';

export function joinOptions() {
  const source = parse('src/cluster/options.ts');
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
