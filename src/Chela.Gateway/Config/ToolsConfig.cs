using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>
/// Which tools may be used. Names, groups with <c>.*</c>, and <c>*</c>. Of several rules the most restrictive wins: denied, then asked for, then allowed.
/// </summary>
internal sealed record ToolsConfig
{
    [MaxLength(200), Description("The only tools that may be used; unset allows all but those of high risk, which must be named.")]
    public IReadOnlyList<string>? Allow { get; init; }

    [MaxLength(200), Description("Tools of which each use must be approved.")]
    public IReadOnlyList<string>? Ask { get; init; }

    [MaxLength(200), Description("Tools that may not be used.")]
    public IReadOnlyList<string>? Deny { get; init; }

    [MaxLength(100), Description("The same for what comes from one channel, on top of it.")]
    public IReadOnlyDictionary<string, ToolPolicyConfig>? ByChannel { get; init; }

    public HttpToolConfig Http { get; init; } = new();

    public ExecToolConfig Exec { get; init; } = new();

    /// <summary>The rules that hold everywhere.</summary>
    public ToolPolicyConfig Everywhere() => new() { Allow = Allow, Ask = Ask, Deny = Deny };
}

/// <summary>The same for one agent or channel, on top of what holds everywhere.</summary>
internal sealed record ToolPolicyConfig
{
    [MaxLength(200), Description("The only tools that may be used; unset takes none away.")]
    public IReadOnlyList<string>? Allow { get; init; }

    [MaxLength(200), Description("Tools of which each use must be approved.")]
    public IReadOnlyList<string>? Ask { get; init; }

    [MaxLength(200), Description("Tools that may not be used.")]
    public IReadOnlyList<string>? Deny { get; init; }
}

/// <summary>Where <c>http.fetch</c> may go.</summary>
internal sealed record HttpToolConfig
{
    [MaxLength(1_000), Description("The only hosts that it may fetch from, by name, *.name or address; unset allows every public one.")]
    public IReadOnlyList<string>? AllowedHosts { get; init; }

    [Description("Whether it may reach this machine and private networks too. Whoever can talk to an agent can then read what answers there.")]
    public bool AllowPrivate { get; init; }
}

/// <summary>What <c>exec</c> may run, and where.</summary>
internal sealed record ExecToolConfig
{
    /// <summary>In a sandbox where bubblewrap works, without one elsewhere.</summary>
    public const string Auto = "auto";

    /// <summary>In a sandbox, or not at all.</summary>
    public const string Required = "required";

    /// <summary>Without a sandbox.</summary>
    public const string Off = "off";

    [MaxLength(1_000), Description("The programs that it may run, by name or absolute path; unset means none.")]
    public IReadOnlyList<string>? Allow { get; init; }

    [AllowedValues(Auto, Required, Off), Description("Whether programs run in a sandbox (bubblewrap): auto where it works, required or not at all, off without.")]
    public string Sandbox { get; init; } = Auto;

    [Description("Whether programs in the sandbox reach the network.")]
    public bool Network { get; init; }
}

/// <summary>What the settings of the tools must be.</summary>
internal static class ToolRules
{
    /// <summary>Why a host cannot be allowed; null where it can.</summary>
    public static string? HostRefusal(string value) => HostRule.Refusal(value) is null || AddressRange.TryParseAddress(value, out _)
        ? null
        : "must be a host name without scheme and port, for example example.org or *.example.org, or an IP address";

    /// <summary>Why a program cannot be allowed; null where it can.</summary>
    public static string? ProgramRefusal(string value) => value.Length is > 0 and <= 4096 && !value.Any(char.IsControl) && (value[0] == '/' || !value.Contains('/', StringComparison.Ordinal))
        ? null
        : "must be the name of a program, for example git, or its absolute path";
}
