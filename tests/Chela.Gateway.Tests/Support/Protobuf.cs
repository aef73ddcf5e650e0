using System.Text;

namespace Chela.Gateway.Tests.Support;

/// <summary>A message of protobuf without its schema: the fields by their numbers.</summary>
internal sealed class Protobuf
{
    private readonly List<(int Number, byte[] Content)> _fields = [];

    public static Protobuf Read(byte[] bytes)
    {
        var message = new Protobuf();
        for (var at = 0; at < bytes.Length;)
        {
            var tag = Varint(bytes, ref at);
            var length = (tag & 7) switch
            {
                0 => SkipVarint(bytes, ref at),
                1 => 8,
                2 => (int)Varint(bytes, ref at),
                5 => 4,
                _ => throw new InvalidDataException("no field of protobuf"),
            };
            message._fields.Add(((int)(tag >> 3), bytes[at..(at + length)]));
            at += length;
        }

        return message;
    }

    public IEnumerable<byte[]> All(int number) => _fields.Where(field => field.Number == number).Select(field => field.Content);

    /// <summary>The text of a field; empty where there is none, or a number.</summary>
    public string Text(int number) => Encoding.UTF8.GetString(All(number).FirstOrDefault([]));

    public string Hex(int number) => Convert.ToHexStringLower(All(number).FirstOrDefault([]));

    private static int SkipVarint(byte[] bytes, ref int at)
    {
        Varint(bytes, ref at);
        return 0;
    }

    private static ulong Varint(byte[] bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            value |= (ulong)(bytes[at] & 0x7F) << shift;
            if (bytes[at++] < 0x80)
            {
                return value;
            }
        }
    }
}
