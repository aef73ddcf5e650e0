using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Chela.Gateway.Storage;

/// <summary>
/// One line of a journal: <c>{"crc":"1b2c3d4e","rec":{…}}</c> and a line feed. It is itself JSON, so a person can read the file
/// with any tool; the checksum is CRC-32C over the record's bytes, and every other byte of the line is fixed.
/// </summary>
internal static class JournalLine
{
    /// <summary>What a line adds to its record, the line feed included.</summary>
    public const int Overhead = RecordStart + 2;

    /// <summary>The fixed bytes that every line begins with.</summary>
    public const int HeadLength = 8;

    private const int ChecksumLength = 8;
    private const int RecordStart = 24;

    private static ReadOnlySpan<byte> Head => "{\"crc\":\""u8;

    private static ReadOnlySpan<byte> Middle => "\",\"rec\":"u8;

    /// <summary>Whether the bytes can be a record: a JSON object by its look, on one line.</summary>
    public static bool IsRecord(ReadOnlySpan<byte> record) =>
        record.Length >= 2 && record[0] == '{' && record[^1] == '}' && record.IndexOfAny((byte)'\n', (byte)'\r') < 0;

    /// <summary>Throws when the bytes cannot be a record of a journal with this limit.</summary>
    public static void Require(ReadOnlySpan<byte> record, int maxBytes)
    {
        if (record.Length > maxBytes)
        {
            throw new ArgumentException($"A record has at most {maxBytes} bytes; this one has {record.Length}.", nameof(record));
        }

        if (!IsRecord(record))
        {
            throw new ArgumentException("A record is a JSON object on one line.", nameof(record));
        }
    }

    /// <summary>Writes the line of a record; the target is exactly <see cref="Overhead"/> longer than the record.</summary>
    public static void Write(ReadOnlySpan<byte> record, Span<byte> target)
    {
        Head.CopyTo(target);
        WriteChecksum(record, target.Slice(HeadLength, ChecksumLength));
        Middle.CopyTo(target[(HeadLength + ChecksumLength)..]);
        record.CopyTo(target[RecordStart..]);
        target[^2] = (byte)'}';
        target[^1] = (byte)'\n';
    }

    /// <summary>Checks a line given without its line feed; false when any byte is not as it was written.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> line)
    {
        if (line.Length < Overhead + 1 || !line.StartsWith(Head) || line[^1] != '}'
            || !line[(HeadLength + ChecksumLength)..].StartsWith(Middle))
        {
            return false;
        }

        var record = Record(line);
        Span<byte> expected = stackalloc byte[ChecksumLength];
        WriteChecksum(record, expected);
        return line.Slice(HeadLength, ChecksumLength).SequenceEqual(expected) && IsRecord(record);
    }

    /// <summary>Whether an intact line ends these bytes, for example behind one whose line feed was damaged.</summary>
    public static bool EndsIntact(ReadOnlySpan<byte> bytes)
    {
        for (var at = IndexOfHead(bytes); at >= 0; at = IndexOfHead(bytes))
        {
            bytes = bytes[at..];
            if (IsIntact(bytes))
            {
                return true;
            }

            bytes = bytes[1..];
        }

        return false;
    }

    /// <summary>Where a line may begin, or -1.</summary>
    public static int IndexOfHead(ReadOnlySpan<byte> bytes) => bytes.IndexOf(Head);

    /// <summary>The record within an intact line.</summary>
    public static ReadOnlySpan<byte> Record(ReadOnlySpan<byte> line) => line[RecordStart..^1];

    /// <inheritdoc cref="Record(ReadOnlySpan{byte})"/>
    public static ReadOnlyMemory<byte> Record(ReadOnlyMemory<byte> line) => line[RecordStart..^1];

    private static void WriteChecksum(ReadOnlySpan<byte> record, Span<byte> target) =>
        Checksum(record).TryFormat(target, out _, "x8", CultureInfo.InvariantCulture);

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
