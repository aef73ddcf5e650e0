using System.Text;
using System.Text.RegularExpressions;
using Chela.Gateway.Hosting;

namespace Chela.Service;

/// <summary>The gateway as a service of systemd.</summary>
internal static partial class ServiceUnit
{
    public const string Name = "chela-gateway.service";

    /// <summary>With what each unit begins that this program has written.</summary>
    public const string Mark = "# Made by \"chela gateway install\"";

    private const string Start = "ExecStart=";

    /// <summary>The text of the unit (systemd.service(5)).</summary>
    /// <param name="program">What is run: the path of this program.</param>
    /// <param name="arguments">What follows <c>gateway run</c>.</param>
    /// <param name="stateDirectory">Where the file <c>service.env</c> with variables, such as keys, is looked for.</param>
    /// <param name="dotnet">Where .NET is, for a machine on which it is not where programs look for it; null elsewhere.</param>
    public static string Text(string program, IEnumerable<string> arguments, string stateDirectory, string? dotnet) => $"""
        {Mark}, which writes it anew. Your own settings belong into "systemctl --user edit {Name}".
        [Unit]
        Description=Chela, a gateway for AI assistants
        StartLimitIntervalSec=300
        StartLimitBurst=5

        [Service]
        Type=notify
        NotifyAccess=main
        EnvironmentFile=-{stateDirectory.Replace("%", "%%", StringComparison.Ordinal)}/service.env
        {(dotnet is null ? "# .NET is where programs look for it." : $"Environment={Quote($"DOTNET_ROOT={dotnet}")}")}
        {Start}{string.Join(' ', new[] { program, "gateway", "run" }.Concat(arguments).Select(Quote))}
        # Restarts within the process, which keeps its port.
        ExecReload=kill -USR2 $MAINPID
        Restart=always
        RestartSec=2
        # A wrong configuration, or a gateway that runs already: to start again does not help.
        RestartPreventExitStatus={ExitCode.Config}
        WatchdogSec=60
        TimeoutStartSec=120
        # Runs may take {GatewayHost.StopLimit.TotalSeconds:0} s to end.
        TimeoutStopSec={GatewayHost.StopLimit.TotalSeconds + 15:0}
        KillMode=mixed
        UMask=0077
        LimitNOFILE=65536

        [Install]
        WantedBy=default.target

        """;

    /// <summary>Where units of the user stand.</summary>
    public static string PathOf(Func<string, string?> environment)
    {
        var settings = environment("XDG_CONFIG_HOME") is { Length: > 0 } given && Path.IsPathFullyQualified(given)
            ? given
            : Path.Combine(environment("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
        return Path.Combine(settings, "systemd", "user", Name);
    }

    /// <summary>The words that a unit runs, if they are written as above; none where they are not.</summary>
    public static string[] CommandOf(string unit)
    {
        var line = unit.Split('\n').FirstOrDefault(line => line.StartsWith(Start, StringComparison.Ordinal))?[Start.Length..] ?? "";
        return [.. QuotedWord().Matches(line).Select(word => Escape().Replace(word.Groups[1].Value, escape => escape.Value == "\\n" ? "\n" : escape.Value[1..]))];
    }

    [GeneratedRegex("""
        "((?:[^"\\]|\\.)*)"
        """)]
    private static partial Regex QuotedWord();

    [GeneratedRegex(@"\\.|%%|\$\$")]
    private static partial Regex Escape();

    /// <summary>As systemd reads it: in double quotes, where a percent sign or a dollar would begin a name of its own.</summary>
    private static string Quote(string word)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in word)
        {
            quoted.Append(letter switch
            {
                '"' or '\\' => $"\\{letter}",
                '%' => "%%",
                '$' => "$$",
                '\n' => "\\n",
                _ => letter.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
