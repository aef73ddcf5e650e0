namespace Chela.Contracts.Access;

/// <summary>What an operator may do. The names on the wire are those of the OpenClaw gateway protocol.</summary>
[Flags]
public enum OperatorScopes
{
    /// <summary>Nothing beyond what every authenticated client may do.</summary>
    None = 0,

    /// <summary><c>operator.admin</c>: everything.</summary>
    Admin = 1 << 0,

    /// <summary><c>operator.read</c>: see status, sessions, transcripts and events.</summary>
    Read = 1 << 1,

    /// <summary><c>operator.write</c>: send messages and run agents; includes reading.</summary>
    Write = 1 << 2,

    /// <summary><c>operator.sessions.read</c>.</summary>
    SessionsRead = 1 << 3,

    /// <summary><c>operator.sessions.write</c>.</summary>
    SessionsWrite = 1 << 4,

    /// <summary><c>operator.approvals</c>: answer approval requests.</summary>
    Approvals = 1 << 5,

    /// <summary><c>operator.questions</c>: answer questions of agents.</summary>
    Questions = 1 << 6,

    /// <summary><c>operator.pairing</c>: admit devices.</summary>
    Pairing = 1 << 7,

    /// <summary><c>operator.talk</c>.</summary>
    Talk = 1 << 8,

    /// <summary><c>operator.talk.secrets</c>.</summary>
    TalkSecrets = 1 << 9,
}

/// <summary>Names of scopes, and what one scope includes of others.</summary>
public static class ScopeNames
{
    private const OperatorScopes Everything = (OperatorScopes)((1 << 10) - 1);

    private static readonly (string Name, OperatorScopes Scope)[] Table =
    [
        ("operator.admin", OperatorScopes.Admin),
        ("operator.read", OperatorScopes.Read),
        ("operator.write", OperatorScopes.Write),
        ("operator.sessions.read", OperatorScopes.SessionsRead),
        ("operator.sessions.write", OperatorScopes.SessionsWrite),
        ("operator.approvals", OperatorScopes.Approvals),
        ("operator.questions", OperatorScopes.Questions),
        ("operator.pairing", OperatorScopes.Pairing),
        ("operator.talk", OperatorScopes.Talk),
        ("operator.talk.secrets", OperatorScopes.TalkSecrets),
    ];

    /// <summary>The scope with this name; false for a name that nobody defined.</summary>
    public static bool TryParse(string name, out OperatorScopes scope)
    {
        scope = Array.Find(Table, row => row.Name == name).Scope;
        return scope != OperatorScopes.None;
    }

    /// <summary>The names of the scopes set, in a fixed order.</summary>
    public static IReadOnlyList<string> Of(OperatorScopes scopes) =>
        [.. Table.Where(row => scopes.HasFlag(row.Scope)).Select(row => row.Name)];

    /// <summary>Adds what the scopes include: admin all, write reading, talk and sessions, read reading of sessions.</summary>
    public static OperatorScopes WithIncluded(OperatorScopes scopes)
    {
        if (scopes.HasFlag(OperatorScopes.Admin))
        {
            return Everything;
        }

        if (scopes.HasFlag(OperatorScopes.Write))
        {
            scopes |= OperatorScopes.Read | OperatorScopes.Talk | OperatorScopes.SessionsWrite;
        }

        return (scopes & (OperatorScopes.Read | OperatorScopes.SessionsWrite)) == OperatorScopes.None
            ? scopes
            : scopes | OperatorScopes.SessionsRead;
    }
}
