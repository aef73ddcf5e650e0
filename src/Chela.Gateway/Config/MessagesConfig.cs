using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>How messages of people are treated.</summary>
internal sealed record MessagesConfig
{
    public MessageQueueConfig Queue { get; init; } = new();

    public MessageInboundConfig Inbound { get; init; } = new();
}

/// <summary>How messages that channels bring come in.</summary>
internal sealed record MessageInboundConfig
{
    [Range(0, MessageQueueConfig.MaxDebounceMs)]
    [Description("How long the sender of a message that a channel brought may go on before all is answered together, in milliseconds.")]
    public int DebounceMs { get; init; }

    [MaxLength(100), Range(0, MessageQueueConfig.MaxDebounceMs), Description("The same for messages of one channel.")]
    public IReadOnlyDictionary<string, int> ByChannel { get; init; } = new Dictionary<string, int>();
}

/// <summary>What becomes of messages that come while their session is busy.</summary>
internal sealed record MessageQueueConfig
{
    public const int MaxDebounceMs = 60_000;
    public const int MaxCap = 500;

    [AllowedValues("steer", "followup", "collect", "interrupt")]
    [Description("What becomes of a message that comes while its session is busy.")]
    public string Mode { get; init; } = "followup";

    [MaxLength(100), AllowedValues("steer", "followup", "collect", "interrupt")]
    [Description("The same for messages of one channel.")]
    public IReadOnlyDictionary<string, string> ByChannel { get; init; } = new Dictionary<string, string>();

    [Range(0, MaxDebounceMs), Description("How long nothing more may have come before collected messages run, in milliseconds.")]
    public int DebounceMs { get; init; } = 500;

    [Range(1, MaxCap), Description("The most messages that wait in one session.")]
    public int Cap { get; init; } = 20;

    [AllowedValues("new", "old", "summarize")]
    [Description("What gives way when more wait: the new message, which is refused, or the oldest, which ends without an answer.")]
    public string Drop { get; init; } = "new";
}
