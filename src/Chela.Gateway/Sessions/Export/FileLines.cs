using System.Buffers;
using System.Text.Json;
using Chela.Contracts.Messages;
using Chela.Gateway.Sessions.Attachments;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions.Export;

/// <summary>The lines of one file: its bytes in pieces, before the first message that names it.</summary>
internal static class FileLines
{
    /// <summary>The bytes of one line, but for the last.</summary>
    public const int PieceBytes = 512 * 1024;

    /// <summary>How many lines a file has.</summary>
    public static int CountOf(Attachment file) => (int)((file.Bytes + PieceBytes - 1) / PieceBytes);

    /// <summary>False where it names no file that could be: only a file from elsewhere can say such a thing.</summary>
    public static bool IsReadable(Attachment file) =>
        BlobFolder.IsHash(file.Sha256) && file.Bytes > 0 && file.FileName.Length > 0 && FileName.Clean(file.FileName, "") == file.FileName;

    /// <summary>One of them.</summary>
    /// <param name="file">The file.</param>
    /// <param name="content">Its content; null where it is missing or damaged, and the line says so by having no data.</param>
    /// <param name="number">Which of its lines, from 0.</param>
    public static ExportLine Of(Attachment file, byte[]? content, int number) => new(ExportLine.File)
    {
        Id = file.Sha256,
        Bytes = file.Bytes,
        Offset = (long)number * PieceBytes,
        Data = content?[(number * PieceBytes)..(int)Math.Min(file.Bytes, (number + 1L) * PieceBytes)],
    };
}

/// <summary>Puts the pieces of files together that an import brings, one file at a time, and keeps those that are what their hashes say.</summary>
internal sealed class FilePieces(AttachmentStore store)
{
    private readonly ArrayBufferWriter<byte> _content = new();
    private string? _hash;

    /// <summary>Takes a piece; returns, with the last one, when the file is on disk. False for a piece of a file that the other gateway had lost.</summary>
    /// <exception cref="JsonException">The piece does not follow the one before it, or the file is not what its hash says, or too long.</exception>
    /// <exception cref="Contracts.Errors.RpcException">The disk refuses.</exception>
    public async Task<bool> AddAsync(ExportLine line)
    {
        if (line is not { Id: { } hash, Bytes: > 0 and var bytes, Offset: { } offset } || !BlobFolder.IsHash(hash) || bytes > store.LongestBytes)
        {
            throw new JsonException($"an attachment has an id, a SHA-256, and at most {store.LongestBytes} bytes (agents.defaults.mediaMaxMb)");
        }

        if (line.Data is not { } data)
        {
            return false;
        }

        if (offset == 0)
        {
            _hash = hash;
            _content.ResetWrittenCount();
        }

        if (hash != _hash || offset != _content.WrittenCount || offset + data.Length > bytes)
        {
            throw new JsonException("a piece of an attachment does not follow the one before it");
        }

        _content.Write(data);
        if (_content.WrittenCount == bytes)
        {
            await SaveAsync(hash, _content.WrittenMemory);
        }

        return true;
    }

    private async Task SaveAsync(string hash, ReadOnlyMemory<byte> content)
    {
        if (BlobFolder.HashOf(content.Span) != hash)
        {
            throw new JsonException($"the attachment {hash} is not what its hash says");
        }

        await store.SaveAsync(new Upload(new Attachment(hash, "", hash, content.Length), content));
    }
}
