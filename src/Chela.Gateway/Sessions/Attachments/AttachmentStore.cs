using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Gateway.Config;
using Chela.Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Sessions.Attachments;

/// <summary>The files that came with messages: what comes in is checked, what is kept stands on disk before anything names it.</summary>
internal sealed partial class AttachmentStore(BlobFolder blobs, ConfigStore config, ILogger<AttachmentStore> logger)
{
    /// <summary>The longest file, whatever brings it.</summary>
    public long LongestBytes => config.Current.Config.Agents.Defaults.MediaMaxMb * 1024L * 1024L;

    /// <summary>Checks what a client sends; null where it sends no file.</summary>
    /// <exception cref="RpcException">A file is not as it should be.</exception>
    public Uploads? Read(IReadOnlyList<AttachmentParams>? sent)
    {
        if (sent is not { Count: > 0 })
        {
            return null;
        }

        var limits = AttachmentLimits.Of(config.Current.Config);
        return new Uploads([.. sent.Select((file, index) => AttachmentReader.Read(file, index + 1, limits))], this);
    }

    /// <summary>Checks what a channel brings, and leaves out what is not as it should be; null where nothing is left.</summary>
    public Uploads? Read(IReadOnlyList<ChannelFile> brought)
    {
        var limits = AttachmentLimits.Of(config.Current.Config);
        Upload[] files = [.. brought.Select((file, index) => AttachmentReader.TryRead(file, index + 1, limits)).OfType<Upload>()];
        if (files.Length < brought.Count)
        {
            Log.LeftOut(logger, brought.Count - files.Length);
        }

        return files.Length == 0 ? null : new Uploads(files, this);
    }

    /// <summary>Puts a file on disk; returns when it is there.</summary>
    /// <exception cref="RpcException">The disk refuses, or the files would take more room than they may.</exception>
    public async Task SaveAsync(Upload file)
    {
        var mostBytes = config.Current.Config.Attachments.MaxDiskBytes;
        try
        {
            if (await blobs.TryAddAsync(file.Content, mostBytes))
            {
                return;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotWritten(logger, file.Attachment.FileName, e.Message);
            throw new RpcException(
                RpcErrorKind.Unavailable, $"attachment {file.Attachment.FileName}: could not be written to disk, and nothing was accepted; is the disk full?");
        }

        throw new RpcException(
            RpcErrorKind.Unavailable,
            $"attachment {file.Attachment.FileName}: the attachments on disk may take at most {mostBytes} bytes together (attachments.maxDiskBytes); delete sessions, or allow more");
    }

    /// <summary>The content of a file; null where it is missing or damaged.</summary>
    public Task<byte[]?> ReadAsync(Attachment file, CancellationToken ct) => blobs.ReadAsync(file.Sha256, file.Bytes, ct);

    private static partial class Log
    {
        [LoggerMessage(1341, LogLevel.Warning, "Files of a channel were left out because they are empty or too long: {Count}")]
        public static partial void LeftOut(ILogger logger, int count);

        [LoggerMessage(1340, LogLevel.Error, "The attachment {Name} was refused because it could not be written: {Reason}")]
        public static partial void NotWritten(ILogger logger, string name, string reason);
    }
}
