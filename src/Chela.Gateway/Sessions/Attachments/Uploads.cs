using Chela.Contracts.Errors;
using Chela.Contracts.Messages;

namespace Chela.Gateway.Sessions.Attachments;

/// <summary>A file that is coming in.</summary>
internal sealed record Upload(Attachment Attachment, ReadOnlyMemory<byte> Content);

/// <summary>The files of a message that is coming in: checked, and not on disk before the message has a place.</summary>
internal sealed class Uploads(IReadOnlyList<Upload> files, AttachmentStore store)
{
    public IReadOnlyList<Attachment> Attachments { get; } = [.. files.Select(file => file.Attachment)];

    /// <summary>Puts them on disk; returns when they are there.</summary>
    /// <exception cref="RpcException">The disk refuses, or they would take more room than they may.</exception>
    public async Task SaveAsync()
    {
        foreach (var file in files)
        {
            await store.SaveAsync(file);
        }
    }
}
