/**
 * CRC-32 (ISO-HDLC: polynomial 0x04C11DB7 reflected, as in zip and Ethernet), by table.
 *
 * Pure, so that the simulator's wire mode sees the same bytes as a live node.
 */
const TABLE = new Uint32Array(256).map((_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  return value;
});

/** The checksum of `data` from `start` to before `end`: 0 … 2^32 − 1. */
export function crc32(data: Uint8Array, start = 0, end = data.length): number {
  let value = -1;
  for (let i = start; i < end; i++) value = (value >>> 8) ^ TABLE[(value ^ data[i]!) & 0xff]!;
  return ~value >>> 0;
}
