using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Agents.Memory;

/// <summary>
/// A file with vectors of texts, by the hashes of the texts. It can always be made again: one that is missing, damaged, of another model or of vectors of
/// another length counts as empty. It ends with a checksum.
/// </summary>
internal sealed class VectorFile(DocumentFile file)
{
    /// <summary>The longest vector.</summary>
    public const int MostNumbers = 8_192;

    /// <summary>All numbers of a file: 32 MB.</summary>
    private const int MostNumbersTogether = 8 * 1024 * 1024;

    private const int KeyBytes = 16;
    private const int HeadBytes = 8 + KeyBytes + sizeof(int);

    private static readonly byte[] Mark = "chelav1\n"u8.ToArray();

    /// <summary>How large a file may be.</summary>
    public static DocumentOptions Options { get; } = new() { MaxBytes = 48 * 1024 * 1024, Backups = 0 };

    /// <summary>How many vectors of a length are kept.</summary>
    public static int Room(int numbers) => MostNumbersTogether / numbers;

    /// <summary>The hash of a text.</summary>
    public static UInt128 KeyOf(string text) => BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>What it holds of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="numbers">The length of its vectors.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<Dictionary<UInt128, float[]>> ReadAsync(string model, int numbers, CancellationToken ct)
    {
        var vectors = new Dictionary<UInt128, float[]>();
        var bytes = await TryReadAsync(ct);
        var row = KeyBytes + (numbers * sizeof(float));
        var end = bytes.Length - SHA256.HashSizeInBytes;
        if (end < HeadBytes
            || (end - HeadBytes) % row != 0
            || !bytes.AsSpan(0, HeadBytes).SequenceEqual(Head(model, numbers))
            || !bytes.AsSpan(end).SequenceEqual(SHA256.HashData(bytes.AsSpan(0, end))))
        {
            return vectors;
        }

        for (var at = HeadBytes; at < end; at += row)
        {
            var vector = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(at + KeyBytes, row - KeyBytes)).ToArray();
            vectors[BinaryPrimitives.ReadUInt128LittleEndian(bytes.AsSpan(at))] = vector;
        }

        return vectors;
    }

    /// <summary>Replaces it.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public Task WriteAsync(string model, int numbers, IReadOnlyCollection<KeyValuePair<UInt128, float[]>> vectors, CancellationToken ct)
    {
        var row = KeyBytes + (numbers * sizeof(float));
        var end = HeadBytes + (vectors.Count * row);
        var bytes = new byte[end + SHA256.HashSizeInBytes];
        Head(model, numbers).CopyTo(bytes.AsSpan());
        var at = HeadBytes;
        foreach (var (key, vector) in vectors)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(at), key);
            MemoryMarshal.AsBytes(vector.AsSpan()).CopyTo(bytes.AsSpan(at + KeyBytes));
            at += row;
        }

        SHA256.HashData(bytes.AsSpan(0, end), bytes.AsSpan(end));
        return file.WriteAsync(bytes, ct);
    }

    private async Task<byte[]> TryReadAsync(CancellationToken ct)
    {
        try
        {
            return await file.ReadAsync(ct) ?? [];
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return []; // then it is made again
        }
    }

    private static byte[] Head(string model, int numbers)
    {
        var head = new byte[HeadBytes];
        Mark.CopyTo(head, 0);
        BinaryPrimitives.WriteUInt128LittleEndian(head.AsSpan(Mark.Length), KeyOf(model));
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(Mark.Length + KeyBytes), numbers);
        return head;
    }
}
