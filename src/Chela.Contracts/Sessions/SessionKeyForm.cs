namespace Chela.Contracts.Sessions;

/// <summary>
/// What the part of a session key after the agent says. Every text has a form, and the form gives the text back; only the old word
/// <c>dm</c> comes back as <c>direct</c>.
/// </summary>
/// <param name="Kind">What the session is for.</param>
/// <param name="Id">Whose it is among its kind: the peer, the group, the job, or the name.</param>
public sealed record SessionKeyForm(SessionKind Kind, string Id)
{
    private const string Thread = "thread";
    private const string Topic = "topic";

    /// <summary>The channel; null where the key names none.</summary>
    public string? Channel { get; init; }

    /// <summary>The account of the channel; null where the key names none.</summary>
    public string? Account { get; init; }

    /// <summary>The thread inside the conversation; null for the conversation itself.</summary>
    public SessionThread? InThread { get; init; }

    /// <summary>Says what a key means.</summary>
    public static SessionKeyForm Of(SessionKey key) => Of(key.Rest);

    /// <summary>True for a word that a channel may have as its name.</summary>
    public static bool CanBeChannel(string word) => KindOf(word) is null
        && word is not ("" or "main" or "session" or "group" or "channel" or Thread or Topic or "agent" or "global" or "unknown");

    /// <summary>The text that has this form: what stands in a key after the agent.</summary>
    public override string ToString()
    {
        var thread = InThread is { } one ? $":{(one.IsTopic ? Topic : Thread)}:{one.Id}" : "";
        string?[] parts = [Channel, Account, Kind == SessionKind.Named ? null : Kind.ToString().ToLowerInvariant(), Id];
        return string.Join(':', parts.Where(part => part is not null)) + thread;
    }

    internal static SessionKeyForm Of(string rest)
    {
        var parts = rest.Split(':');
        return parts is [.., not "", Thread or Topic, { Length: > 0 } id]
            ? OfConversation(parts[..^2]) with { InThread = new SessionThread(id, parts[^2] == Topic) }
            : OfConversation(parts);
    }

    private static SessionKeyForm OfConversation(string[] parts)
    {
        if (parts.Length > 1 && parts[1].Length > 0 && KindOf(parts[0]) is { } kind)
        {
            return new SessionKeyForm(kind, Join(parts[1..]));
        }

        if (parts.Length == 1 || !CanBeChannel(parts[0]))
        {
            return new SessionKeyForm(SessionKind.Named, Join(parts));
        }

        var room = parts switch
        {
            [_, { Length: > 0 } account, var word, { Length: > 0 } id] when RoomOf(word) is { } ofAccount =>
                new SessionKeyForm(ofAccount, id) { Account = account },
            [_, var word, { Length: > 0 }, ..] when RoomOf(word) is { } ofChannel => new SessionKeyForm(ofChannel, Join(parts[2..])),
            _ => new SessionKeyForm(SessionKind.Named, Join(parts[1..])),
        };
        return room with { Channel = parts[0] };
    }

    /// <summary>What a session is for that has this word first.</summary>
    private static SessionKind? KindOf(string word) => word switch
    {
        "direct" or "dm" => SessionKind.Direct,
        "cron" => SessionKind.Cron,
        "subagent" => SessionKind.Subagent,
        "acp" => SessionKind.Acp,
        "hook" => SessionKind.Hook,
        "explicit" => SessionKind.Explicit,
        "dashboard" => SessionKind.Dashboard,
        _ => null,
    };

    /// <summary>What a session is for that has this word behind the channel, or behind channel and account.</summary>
    private static SessionKind? RoomOf(string word) => word switch
    {
        "direct" or "dm" => SessionKind.Direct,
        "group" => SessionKind.Group,
        "channel" => SessionKind.Channel,
        _ => null,
    };

    private static string Join(string[] parts) => string.Join(':', parts);
}
