namespace Chela.Gateway.Channels.Feishu;

/// <summary>A field of a protobuf message.</summary>
/// <param name="Value">Of a number; else 0.</param>
/// <param name="Content">Of a text, bytes or a message; else empty.</param>
internal readonly record struct ProtobufField(int Number, ulong Value, ReadOnlyMemory<byte> Content);

/// <summary>Reads the fields of a protobuf message one after the other. It never reads further than there are bytes.</summary>
internal struct ProtobufReader(ReadOnlyMemory<byte> rest)
{
    public const uint OfLength = 2;

    private const uint OfVarint = 0, OfEight = 1, OfFour = 5;

    /// <summary>True when what was read is no protobuf.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The next field; null at the end, and where something is wrong.</summary>
    public ProtobufField? Next()
    {
        if (rest.IsEmpty || IsBroken)
        {
            return null;
        }

        var tag = Varint();
        ProtobufField? field = (uint)(tag & 7) switch
        {
            OfVarint => new((int)(tag >> 3), Varint(), default),
            OfLength => new((int)(tag >> 3), 0, Take(Varint())),
            OfEight => new((int)(tag >> 3), 0, Take(8)),
            OfFour => new((int)(tag >> 3), 0, Take(4)),
            _ => null,
        };
        IsBroken |= field is null;
        return IsBroken ? null : field;
    }

    private ReadOnlyMemory<byte> Take(ulong length)
    {
        if (length > (ulong)rest.Length)
        {
            IsBroken = true;
            return default;
        }

        var taken = rest[..(int)length];
        rest = rest[(int)length..];
        return taken;
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var (at, shift) = (0, 0); at < rest.Length && shift < 64; at++, shift += 7)
        {
            var part = rest.Span[at];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                rest = rest[(at + 1)..];
                return value;
            }
        }

        IsBroken = true;
        return 0;
    }
}
