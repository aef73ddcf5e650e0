namespace Chela.Gateway.Hosting;

/// <summary>Where a gateway keeps what it must not lose. One directory (mode 0700) holds everything.</summary>
/// <param name="Root">Absolute path of the state directory.</param>
public sealed record StatePaths(string Root)
{
    /// <summary>The environment variable that moves the state directory.</summary>
    public const string EnvironmentVariable = "CHELA_STATE_DIR";

    /// <summary>The user's configuration; may be absent.</summary>
    public string ConfigFile => Path.Combine(Root, "chela.json");

    /// <summary>Variables that the environment does not set; may be absent.</summary>
    public string VariablesFile => Path.Combine(Root, Config.References.VariablesFile.Name);

    /// <summary>The shared secret made at first start, mode 0600, one line of text.</summary>
    public string TokenFile => Path.Combine(Root, "gateway.token");

    /// <summary>The keys of encrypted values in the configuration, one on a line; mode 0600. Made at the first use.</summary>
    public string SecretKeyFile => Path.Combine(Root, "secret.key");

    /// <summary>The certificate that the gateway made for itself, with its key; mode 0600.</summary>
    public string CertificateFile => Path.Combine(Root, "tls", "gateway.pem");

    /// <summary>Held by the running gateway; its text is a JSON object <c>{"pid","url","startedAtMs"}</c>, over TLS also <c>"tlsFingerprint"</c>.</summary>
    public string LockFile => Path.Combine(Root, "gateway.lock");

    /// <summary>The starts that have not become stable; there is none while a gateway runs that is.</summary>
    public string StartsFile => Path.Combine(Root, "starts.json");

    /// <summary>The devices that were admitted, with their tokens; mode 0600.</summary>
    public string DevicesFile => Path.Combine(Root, "devices.json");

    /// <summary>What happened, a line each; mode 0600. The one before it stands beside it as <c>gateway.log.1</c>.</summary>
    public string LogFile => Path.Combine(Root, "logs", "gateway.log");

    /// <summary>Who did what.</summary>
    public string AuditDirectory => Path.Combine(Root, "audit");

    /// <summary>Messages that were accepted and whose runs are not all finished.</summary>
    public string InboxDirectory => Path.Combine(Root, "inbox");

    /// <summary>Messages on their way to channels, and those that could not be delivered.</summary>
    public string OutboxDirectory => Path.Combine(Root, "outbox");

    /// <summary>The list of sessions and, one journal each, their transcripts.</summary>
    public string SessionsDirectory => Path.Combine(Root, "sessions");

    /// <summary>The files that came with messages, by their hashes.</summary>
    public string AttachmentsDirectory => Path.Combine(Root, "attachments");

    /// <summary>What agents took from their models, a journal for each day.</summary>
    public string UsageDirectory => Path.Combine(Root, "usage");

    /// <summary>What people have approved for good.</summary>
    public string ApprovalsFile => Path.Combine(Root, "approvals.json");

    /// <summary>Who was let in on channels, and who waits for it.</summary>
    public string SendersFile => Path.Combine(Root, "senders.json");

    /// <summary>What programs that are channels keep, a folder for each.</summary>
    public string SidecarsDirectory => Path.Combine(Root, "sidecars");

    /// <summary>The code of plugins, a folder for each; whoever runs the gateway puts it there.</summary>
    public string PluginsDirectory => Path.Combine(Root, "plugins");

    /// <summary>What accounts of plugins keep, a folder for each.</summary>
    public string PluginAccountsDirectory => Path.Combine(Root, "plugin-accounts");

    /// <summary>The vectors of what agents remember, a file for each; they can always be made again.</summary>
    public string EmbeddingsDirectory => Path.Combine(Root, "embeddings");

    /// <summary>The folders in which agents work.</summary>
    public string WorkspacesDirectory => Path.Combine(Root, "workspaces");

    /// <summary>Chooses the state directory: the option, else <c>CHELA_STATE_DIR</c>, else <c>~/.chela</c>.</summary>
    /// <param name="option">What <c>--state-dir</c> gave, or null.</param>
    /// <param name="environment">Reads an environment variable; null where it is not set.</param>
    public static StatePaths Resolve(string? option, Func<string, string?> environment)
    {
        var chosen = FirstNonBlank(option, environment(EnvironmentVariable)) ?? Path.Combine(Home(environment), ".chela");
        return new StatePaths(Path.GetFullPath(chosen));
    }

    private static string Home(Func<string, string?> environment) =>
        FirstNonBlank(environment("HOME"), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)) ?? Path.GetTempPath();

    private static string? FirstNonBlank(string? first, string? second) =>
        !string.IsNullOrWhiteSpace(first) ? first : !string.IsNullOrWhiteSpace(second) ? second : null;
}
