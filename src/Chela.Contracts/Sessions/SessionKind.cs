namespace Chela.Contracts.Sessions;

/// <summary>What a session is for, as its key says.</summary>
public enum SessionKind
{
    /// <summary>A name that means nothing more: the main session, or one that a client made up.</summary>
    Named,

    /// <summary>A conversation with one person.</summary>
    Direct,

    /// <summary>A conversation of several people.</summary>
    Group,

    /// <summary>A room that people come to and leave.</summary>
    Channel,

    /// <summary>A scheduled job.</summary>
    Cron,

    /// <summary>An agent that another one started.</summary>
    Subagent,

    /// <summary>A program that speaks the agent client protocol.</summary>
    Acp,

    /// <summary>A hook that a program calls.</summary>
    Hook,

    /// <summary>A name that a client chose.</summary>
    Explicit,

    /// <summary>A conversation of the control page.</summary>
    Dashboard,
}
