using System.Globalization;
using Chela.Contracts.Errors;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Config;

namespace Chela.Gateway.Sessions.Commands;

/// <summary>What the words after <c>/queue</c> choose: <c>collect debounce:2s cap:25 drop:summarize</c>. What is null was not named.</summary>
internal sealed record QueueChoice
{
    private static readonly string[] Modes = Words<QueueMode>();
    private static readonly string[] Drops = Words<QueueDrop>();
    private static readonly string[] Options = ["debounce:", "cap:", "drop:"];

    /// <summary>The modes and options, for people.</summary>
    public static string Description { get; } =
        $"{string.Join(", ", Modes)}, with debounce:2s, cap:20, drop:{string.Join('|', Drops)} if you like; or default for what is configured";

    /// <summary>True for <c>default</c>: all is as configured.</summary>
    public bool IsDefault { get; private init; }

    public string? Mode { get; private init; }

    public int? DebounceMs { get; private init; }

    public int? Cap { get; private init; }

    public string? Drop { get; private init; }

    /// <summary>True when more is named than a mode: that holds for a session, not for one message.</summary>
    public bool HasOptions => DebounceMs is not null || Cap is not null || Drop is not null;

    /// <summary>True for a word that goes on with what the word before it began.</summary>
    public static bool IsOption(string word) => Options.Any(option => word.StartsWith(option, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads the words.</summary>
    /// <exception cref="RpcException">One of them cannot be.</exception>
    public static QueueChoice Of(string words) =>
        words.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Aggregate(new QueueChoice(), (choice, word) => choice.With(word));

    /// <summary>The session with what is chosen.</summary>
    public SessionEntry On(SessionEntry entry)
    {
        var before = IsDefault ? entry with { QueueMode = null, QueueDebounceMs = null, QueueCap = null, QueueDrop = null } : entry;
        return before with
        {
            QueueMode = Mode ?? before.QueueMode,
            QueueDebounceMs = DebounceMs ?? before.QueueDebounceMs,
            QueueCap = Cap ?? before.QueueCap,
            QueueDrop = Drop ?? before.QueueDrop,
        };
    }

    private QueueChoice With(string word)
    {
        var value = word[(word.IndexOf(':') + 1)..];
        return Options.FirstOrDefault(word.StartsWith) switch
        {
            "debounce:" => this with { DebounceMs = Milliseconds(value) },
            "cap:" => this with { Cap = Number(value, 1, MessageQueueConfig.MaxCap) ?? throw Refusal($"cap must be a whole number from 1 to {MessageQueueConfig.MaxCap}") },
            "drop:" => this with { Drop = Drops.Contains(value) ? value : throw Refusal($"drop must be one of {string.Join(", ", Drops)}") },
            _ when word == "default" => this with { IsDefault = true },
            _ => this with { Mode = Modes.Contains(word) ? word : throw Refusal($"there is no queue mode {word} (there are {string.Join(", ", Modes)}, default)") },
        };
    }

    /// <summary>A time as people write it: <c>500</c> and <c>500ms</c> in milliseconds, <c>2s</c>, <c>1m</c>.</summary>
    private static int Milliseconds(string text)
    {
        var (digits, unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 1)
            : text.EndsWith('s') ? (text[..^1], 1_000)
            : text.EndsWith('m') ? (text[..^1], 60_000)
            : (text, 1);
        return Number(digits, 0, MessageQueueConfig.MaxDebounceMs / unit) * unit
            ?? throw Refusal($"debounce must be a time of at most {MessageQueueConfig.MaxDebounceMs} ms, such as 500ms or 2s");
    }

    private static int? Number(string digits, int least, int most) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;

    private static string[] Words<T>()
        where T : struct, Enum =>
        [.. Enum.GetNames<T>().Select(word => word.ToLowerInvariant())];

    private static RpcException Refusal(string message) => new(RpcErrorKind.InvalidRequest, message);
}
