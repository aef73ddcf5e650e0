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
    public const string SafeModeName = "--safe-mode";
    public const string NoSafeModeName = "--no-safe-mode";
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
        var safe = new Option<bool>(SafeModeName) { Description = "Start without channels, deliveries and MCP servers, to mend what is wrong; a restart leaves it" };
        var never = new Option<bool>(NoSafeModeName) { Description = "Never do so by itself, however often it ended soon after its start" };
        var verbose = new Option<bool>(VerboseName) { Description = "Log more" };

        var command = new ExampledCommand("run", "Run the gateway in the foreground")
        {
            Examples =
            [
                "chela gateway run",
                "chela gateway run --port 18790 --state-dir /var/lib/chela",
                "chela gateway run --config ./chela.json --verbose",
                "chela gateway run --safe-mode",
            ],
            Options = { port, bind, state, token, config, safe, never, verbose },
        };
        command.Validators.Add(given =>
        {
            if (given.GetValue(safe) && given.GetValue(never))
            {
                given.AddError($"{SafeModeName} and {NoSafeModeName} cannot both be meant.");
            }
        });
        command.SetAction((parsed, ct) => GatewayRun.ExecuteAsync(
            new GatewayRunOptions
            {
                Port = parsed.GetValue(port),
                Bind = parsed.GetValue(bind),
                StateDirectory = parsed.GetValue(state),
                Token = parsed.GetValue(token),
                ConfigFile = parsed.GetValue(config),
                SafeMode = parsed.GetValue(safe) ? true : parsed.GetValue(never) ? false : null,
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
