using System.Buffers;
using System.Text;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>
/// A frame of the long connection: the protobuf message <c>pbbp2.Frame</c> of Feishu's SDKs, whose few fields are read and written by hand here.
/// </summary>
internal sealed record FeishuFrame
{
    public const int Control = 0, Data = 1;

    private const int MaxHeaders = 100;

    public ulong SeqId { get; init; }

    public ulong LogId { get; init; }

    public int Service { get; init; }

    /// <summary>Whether it keeps the connection (<see cref="Control"/>) or brings something (<see cref="Data"/>).</summary>
    public int Method { get; init; }

    public IReadOnlyList<(string Key, string Value)> Headers { get; init; } = [];

    public string? PayloadEncoding { get; init; }

    public string? PayloadType { get; init; }

    public ReadOnlyMemory<byte> Payload { get; init; }

    public string? LogIdNew { get; init; }

    /// <summary>A header; empty where there is none.</summary>
    public string Header(string key) => Headers.FirstOrDefault(header => header.Key == key).Value ?? "";

    /// <summary>Reads a frame; null for bytes that are none.</summary>
    public static FeishuFrame? Read(ReadOnlyMemory<byte> bytes)
    {
        var frame = new FeishuFrame();
        var headers = new List<(string, string)>();
        var rest = new ProtobufReader(bytes);
        while (rest.Next() is { } field)
        {
            if (field.Number == 5 && (headers.Count == MaxHeaders || ReadHeader(field.Content) is not { } header || !Added(headers, header)))
            {
                return null;
            }

            frame = field.Number switch
            {
                1 => frame with { SeqId = field.Value },
                2 => frame with { LogId = field.Value },
                3 => frame with { Service = (int)(long)field.Value },
                4 => frame with { Method = (int)(long)field.Value },
                6 => frame with { PayloadEncoding = Text(field) },
                7 => frame with { PayloadType = Text(field) },
                8 => frame with { Payload = field.Content },
                9 => frame with { LogIdNew = Text(field) },
                _ => frame,
            };
        }

        return rest.IsBroken ? null : frame with { Headers = headers };
    }

    /// <summary>The frame as it is sent.</summary>
    public byte[] Write()
    {
        var bytes = new ArrayBufferWriter<byte>();
        Number(bytes, 1, SeqId);
        Number(bytes, 2, LogId);
        Number(bytes, 3, (ulong)(long)Service);
        Number(bytes, 4, (ulong)(long)Method);
        foreach (var (key, value) in Headers)
        {
            var header = new ArrayBufferWriter<byte>();
            Content(header, 1, Encoding.UTF8.GetBytes(key));
            Content(header, 2, Encoding.UTF8.GetBytes(value));
            Content(bytes, 5, header.WrittenSpan);
        }

        Text(bytes, 6, PayloadEncoding);
        Text(bytes, 7, PayloadType);
        Content(bytes, 8, Payload.Span);
        Text(bytes, 9, LogIdNew);
        return bytes.WrittenSpan.ToArray();
    }

    private static bool Added(List<(string, string)> headers, (string, string) header)
    {
        headers.Add(header);
        return true;
    }

    private static (string Key, string Value)? ReadHeader(ReadOnlyMemory<byte> bytes)
    {
        var (key, value) = ("", "");
        var rest = new ProtobufReader(bytes);
        while (rest.Next() is { } field)
        {
            (key, value) = field.Number switch { 1 => (Text(field), value), 2 => (key, Text(field)), _ => (key, value) };
        }

        return rest.IsBroken ? null : (key, value);
    }

    private static string Text(ProtobufField field) => Encoding.UTF8.GetString(field.Content.Span);

    private static void Number(ArrayBufferWriter<byte> bytes, int field, ulong value)
    {
        Varint(bytes, (ulong)field << 3);
        Varint(bytes, value);
    }

    private static void Text(ArrayBufferWriter<byte> bytes, int field, string? text)
    {
        if (text is not null)
        {
            Content(bytes, field, Encoding.UTF8.GetBytes(text));
        }
    }

    private static void Content(ArrayBufferWriter<byte> bytes, int field, ReadOnlySpan<byte> content)
    {
        Varint(bytes, ((ulong)field << 3) | ProtobufReader.OfLength);
        Varint(bytes, (ulong)content.Length);
        bytes.Write(content);
    }

    private static void Varint(ArrayBufferWriter<byte> bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Write([(byte)(value | 0x80)]);
        }

        bytes.Write([(byte)value]);
    }
}
