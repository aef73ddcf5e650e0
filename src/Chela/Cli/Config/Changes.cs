using Chela.Gateway.Hosting.Desk;

namespace Chela.Cli.Config;

/// <summary>Tells what became of the configuration file.</summary>
internal static class Changes
{
    public static int Tell(ConfigFileChange change, ConfigSession session)
    {
        var (_, terminal, json, _) = session;
        if (json)
        {
            terminal.WriteJson(change, CliJson.Default.ConfigFileChange, indented: false);
            return ExitCode.Ok;
        }

        terminal.WriteLine(change.Written ? $"Written: {change.Path}" : $"Nothing to change in {change.Path}");
        foreach (var setting in change.Settings)
        {
            terminal.WriteLine($"  {setting.Key}: {Sentence(setting.InForce)}");
        }

        return ExitCode.Ok;
    }

    private static string Sentence(string inForce) => inForce switch
    {
        "at-once" => "a running gateway takes it in now",
        "restart" => "in force when the gateway starts the next time",
        "overridden" => "without effect: a variable of the environment says otherwise",
        _ => "no gateway reads it",
    };
}
