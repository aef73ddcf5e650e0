using Chela.Gateway.Hosting.Desk;

namespace Chela.Cli.Config;

/// <summary>Tells why the configuration file was left as it is.</summary>
internal static class Refusals
{
    /// <summary>One line for each mistake, or one JSON value; gives the exit code.</summary>
    public static int Tell(ConfigRefusedException refused, Terminal terminal, bool json)
    {
        if (json && refused.Faults.Count > 0)
        {
            terminal.WriteJson(ConfigVerdict.Of(refused.Faults), CliJson.Default.ConfigVerdict, indented: false);
            return ExitCode.Config;
        }

        return new Failure(CodeOf(refused.Reason), refused.Message).Tell(terminal, json);
    }

    private static int CodeOf(ConfigRefusal reason) => reason switch
    {
        ConfigRefusal.Invalid => ExitCode.Config,
        ConfigRefusal.NotWritable => ExitCode.CannotCreate,
        _ => ExitCode.Failed,
    };
}

/// <summary>Whether a gateway would start with a configuration.</summary>
internal sealed record ConfigVerdict(bool Valid, IReadOnlyList<ConfigIssue> Issues)
{
    public static ConfigVerdict Of(IReadOnlyList<ConfigFault> faults) =>
        new(faults.Count == 0, [.. faults.Select(fault => new ConfigIssue(fault.Key, fault.Message, fault.Place))]);
}

/// <summary>One mistake, as the methods of the gateway tell it.</summary>
internal sealed record ConfigIssue(string Path, string Message, string Place);
