using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Access.Senders;

/// <summary>Somebody who was let in by a code.</summary>
/// <param name="By">Who let them in.</param>
/// <param name="AtMs">When, in Unix milliseconds.</param>
internal sealed record PairedSender(string Channel, string Account, string SenderId, string By, long AtMs)
{
    /// <summary>What they call themselves; absent where the platform does not say.</summary>
    public string? Name { get; init; }
}

/// <summary>Somebody who wrote, was given a code, and was not let in yet.</summary>
/// <param name="Chat">Where they wrote.</param>
/// <param name="Code">What they were given.</param>
/// <param name="AskedAtMs">When, in Unix milliseconds.</param>
/// <param name="LastSeenAtMs">When they wrote last; not kept on disk more often than anything else changes.</param>
internal sealed record WaitingSender(
    string Channel, string Account, string SenderId, string Chat, string Code, long AskedAtMs, long LastSeenAtMs)
{
    /// <summary>What they call themselves; absent where the platform does not say.</summary>
    public string? Name { get; init; }

    public bool IsOf(string channel, string account) => Channel == channel && Account == account;
}

/// <summary>Everything that is kept of senders.</summary>
internal sealed record SenderDocument(IReadOnlyList<PairedSender> Paired, IReadOnlyList<WaitingSender> Waiting);

/// <summary>JSON types of that file.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SenderDocument))]
internal sealed partial class SenderJson : JsonSerializerContext;
