using System.Text.Json.Nodes;

namespace Chela.Gateway.Tests.Sessions.Attachments;

/// <summary>Files to send.</summary>
internal static class SampleFiles
{
    /// <summary>A picture of one pixel.</summary>
    public static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==");

    /// <summary>A file as clients send it.</summary>
    public static JsonObject ToSend(byte[] content, string? name = null, string? mimeType = null) => new()
    {
        ["type"] = "file",
        ["mimeType"] = mimeType ?? "",
        ["fileName"] = name ?? "",
        ["content"] = Convert.ToBase64String(content),
    };
}
