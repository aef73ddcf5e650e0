using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Chela.Cli;

/// <summary>Defines <c>chela gateway run</c>: its options, their help and their checks.</summary>
internal static class GatewayRunCommand
{
    public const string PortName = "--port";
    public const string BindName = "--bind";
    public const string StateDirName = "--state-dir";
    public const string TokenName = "--token";
    public const string ConfigName = "--config";
    public const string VerboseName = "--verbose";

    public static Command Create()
    {
        var port = new Option<int?>(PortName)
        {
            Description = "Port to listen on; 0 takes any free one",
            HelpName = "N",
            CustomParser = ReadPort,
        };
        var bind = new Option<string?>(BindName) { Description = "Where to listen: loopback, lan, tailnet, auto, custom, an address or a host name", HelpName = "WHERE" };
        var state = new Option<string?>(StateDirName) { Description = "State (else CHELA_STATE_DIR, else ~/.chela)", HelpName = "DIR" };
        var token = new Option<string?>(TokenName) { Description = "Shared secret for this run", HelpName = "TOKEN" };
        var config = new Option<string?>(ConfigName) { Description = "Configuration file", HelpName = "FILE" };
        var verbose = new Option<bool>(VerboseName) { Description = "Log more" };

        var command = new ExampledCommand("run", "Run the gateway in the foreground")
        {
            Examples =
            [
                "chela gateway run",
                "chela gateway run --port 18790 --state-dir /var/lib/chela",
                "chela gateway run --config ./chela.json --verbose",
            ],
            Options = { port, bind, state, token, config, verbose },
        };
        command.SetAction((parsed, ct) => GatewayRun.ExecuteAsync(
            new GatewayRunOptions
            {
                Port = parsed.GetValue(port),
                Bind = parsed.GetValue(bind),
                StateDirectory = parsed.GetValue(state),
                Token = parsed.GetValue(token),
                ConfigFile = parsed.GetValue(config),
                Verbose = parsed.GetValue(verbose),
            },
            ct));
        return command;
    }

    private static int? ReadPort(ArgumentResult result)
    {
        if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535)
        {
            return port;
        }

        result.AddError("--port takes a number from 0 to 65535.");
        return null;
    }
}
