namespace Chela.Contracts.Messages;

/// <summary>A file that came with a message. Its content lies elsewhere, under its hash.</summary>
/// <param name="Sha256">The hash of its content, 64 hexadecimal digits in lower case.</param>
/// <param name="MimeType">What it is, by its content.</param>
/// <param name="FileName">What its sender calls it; a name, never a path.</param>
/// <param name="Bytes">How long it is.</param>
public sealed record Attachment(string Sha256, string MimeType, string FileName, long Bytes);
