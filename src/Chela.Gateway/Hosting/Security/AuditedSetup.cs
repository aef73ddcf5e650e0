using Chela.Gateway.Config;
using Chela.Gateway.Hosting.Desk;

namespace Chela.Gateway.Hosting.Security;

/// <summary>What the audit looks at: the configuration that a start would put in force, and where everything lies.</summary>
internal sealed record AuditedSetup(StatePaths Paths, string ConfigFile, ChelaConfig Config)
{
    /// <summary>The environment, and what the file of variables adds to it.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>The files that the configuration includes.</summary>
    public IReadOnlyList<string> Included { get; init; } = [];

    /// <summary>The secrets that stand in the configuration as they are.</summary>
    public IReadOnlyList<PlainSecret> PlainSecrets { get; init; } = [];

    /// <summary>What the user should know of secrets that are good, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Why no gateway starts with the configuration; null where one does.</summary>
    public string? Invalid { get; init; }

    /// <summary>Whether programs can be run in a sandbox on this machine; null where none may be run.</summary>
    public bool? HasSandbox { get; init; }

    /// <summary>Never shows variables, which may hold secrets.</summary>
    public override string ToString() => ConfigFile;
}
