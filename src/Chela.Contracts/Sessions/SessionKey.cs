using System.Buffers;

namespace Chela.Contracts.Sessions;

/// <summary>The name of a conversation: <c>agent:&lt;agent id&gt;:&lt;rest&gt;</c>, lower case, at most 512 characters.</summary>
/// <remarks>Clients may send a short form (<c>main</c>, <c>telegram:42</c>): it is completed with the default agent.</remarks>
public readonly record struct SessionKey
{
    /// <summary>The longest key that is accepted, in characters (OpenClaw's limit for <c>chat.send</c>).</summary>
    public const int MaxLength = 512;

    /// <summary>The agent of a gateway that has one only, to which short keys belong where no other is named.</summary>
    public const string DefaultAgent = "main";

    private const string Prefix = "agent:";
    private const string TooLong = "session key must not be longer than 512 characters";
    private static readonly SearchValues<char> AgentCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    private SessionKey(string value, int agentLength)
    {
        Value = value;
        AgentId = value.Substring(Prefix.Length, agentLength);
    }

    /// <summary>The whole key, for example <c>agent:main:telegram:direct:42</c>.</summary>
    public string Value { get; }

    /// <summary>The agent that serves the session, for example <c>main</c>.</summary>
    public string AgentId { get; }

    /// <summary>What follows the agent, for example <c>telegram:direct:42</c>.</summary>
    public string Rest => Value[(Prefix.Length + AgentId.Length + 1)..];

    /// <summary>The main session of the default agent.</summary>
    public static SessionKey Main { get; } = Of(DefaultAgent, "main");

    /// <summary>The key of an agent's session; both parts must already be well formed.</summary>
    public static SessionKey Of(string agentId, string rest) =>
        TryParse($"{Prefix}{agentId}:{rest}", out var key, out var problem) ? key : throw new ArgumentException(problem, nameof(rest));

    /// <summary>Reads a key in its full or its short form.</summary>
    /// <param name="text">What the client sent.</param>
    /// <param name="key">The full key.</param>
    /// <param name="problem">One sentence when the text is not a key; otherwise empty.</param>
    /// <param name="agentId">The agent that a short key belongs to.</param>
    public static bool TryParse(string? text, out SessionKey key, out string problem, string agentId = DefaultAgent)
    {
        key = default;
        problem = Problem(text, agentId);
        if (problem.Length > 0)
        {
            return false;
        }

        var full = (IsFull(text!) ? text! : $"{Prefix}{agentId}:{text}").ToLowerInvariant();
        var agentLength = full.AsSpan(Prefix.Length).IndexOf(':');
        var agent = agentLength < 0 ? full.AsSpan(Prefix.Length) : full.AsSpan(Prefix.Length, agentLength);
        if (agentLength < 1 || full.Length == Prefix.Length + agentLength + 1)
        {
            problem = "session key must be agent:<agent id>:<name>";
        }
        else if (agentLength > 64 || agent.ContainsAnyExcept(AgentCharacters) || !char.IsAsciiLetterOrDigit(agent[0]))
        {
            problem = "the agent id in the session key must match [a-z0-9][a-z0-9_-]{0,63}";
        }
        else
        {
            full = WithNewWords(full, Prefix.Length + agentLength + 1);
            problem = full.Length > MaxLength ? TooLong : "";
            key = problem.Length == 0 ? new SessionKey(full, agentLength) : default;
        }

        return problem.Length == 0;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static bool IsFull(string text) => text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The same key with <c>direct</c> for its old word <c>dm</c>: both name one session.</summary>
    private static string WithNewWords(string full, int restAt) => full.Contains(":dm:", StringComparison.Ordinal)
        ? string.Concat(full.AsSpan(0, restAt), SessionKeyForm.Of(full[restAt..]).ToString())
        : full;

    private static string Problem(string? text, string agentId)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "session key must not be empty";
        }

        if (text.Length > MaxLength - (IsFull(text) ? 0 : Prefix.Length + agentId.Length + 1))
        {
            return TooLong;
        }

        return IsBlank(text) || IsBlank(agentId)
            ? "session key must not contain white space or control characters"
            : "";
    }

    private static bool IsBlank(string text) =>
        text.AsSpan().ContainsAnyInRange('\0', ' ') || text.Contains('\u007f', StringComparison.Ordinal);
}
