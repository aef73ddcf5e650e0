using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Config;
using Chela.Gateway.Hosting.Restarting;

namespace Chela.Gateway.Hosting;

/// <summary>What is decided before the gateway is put together.</summary>
/// <param name="Secret">The shared secret of the mode; empty where it wants none.</param>
internal sealed record GatewaySetup(StatePaths Paths, ConfigSnapshot Config, string Secret, ModelSettings Models, TimeProvider Time)
{
    /// <summary>What the configuration was made of.</summary>
    public ConfigSources Sources { get; init; } = new(Config.FilePath, null);

    /// <summary>What was done to bring the configuration file into the present form, a sentence each.</summary>
    public IReadOnlyList<string> Migrated { get; init; } = [];

    /// <summary>Why it keeps its older form; null where it does not.</summary>
    public string? NotWritten { get; init; }

    /// <summary>What this process knows of its restarts.</summary>
    public RestartHistory Restarts { get; init; } = new();

    /// <summary>Whether the host wants safe mode, or never; null leaves it to how earlier starts went.</summary>
    public bool? SafeMode { get; init; }

    /// <summary>Where this process is to die, in a trial.</summary>
    public CrashPoint? Crash { get; init; }
}
