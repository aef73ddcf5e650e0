using System.CommandLine;
using System.Text.Json;

namespace Chela.Cli.Devices;

/// <summary><c>chela devices setup-code</c>: a code with which one device lets itself in.</summary>
internal static class SetupCodeCommand
{
    public static Command Create()
    {
        var url = new Option<string?>("--public-url") { Description = "The address that the device is to use; else the gateway's own", HelpName = "URL" };
        var access = new Option<string?>("--access") { Description = "What the device gets: full (default), limited, node, voice-node", HelpName = "WHAT" };
        access.AcceptOnlyFromAmong("full", "limited", "node", "voice-node");
        var connection = new ConnectionOptions("Longest wait for the answer (default 30)");
        var command = new ExampledCommand("setup-code", "Make a code that lets one device in, once, within ten minutes")
        {
            Examples =
            [
                "chela devices setup-code",
                "chela devices setup-code --public-url wss://gateway.example --access limited",
                "chela devices setup-code --access node --json",
            ],
        };
        command.Add(url);
        command.Add(access);
        connection.AddTo(command);
        command.SetAction((parsed, ct) => GatewaySession.RunAsync(
            connection.Read(parsed), session => MakeAsync(session, parsed.GetValue(url), parsed.GetValue(access), ct), ct));
        return command;
    }

    private static async Task<int> MakeAsync(GatewaySession session, string? url, string? access, CancellationToken ct)
    {
        var parameters = JsonSerializer.SerializeToElement(new SetupCodeRequest(url, access), CliJson.Default.SetupCodeRequest);
        var answer = await session.Client.CallAsync("device.pair.setupCode", parameters, ct);
        if (session.Json)
        {
            session.Terminal.WriteJson(answer, CliJson.Default.JsonElement, indented: false);
            return ExitCode.Ok;
        }

        var setup = JsonSerializer.Deserialize(answer, CliJson.Default.SetupCodeAnswer)!;
        session.Terminal.WriteLine($"oc-pair://{setup.SetupCode}");
        session.Terminal.Say($"Paste it into the device's app within ten minutes. It works once, and leads to {setup.GatewayUrl} with {setup.Access} access.");
        if (setup.AccessDowngraded is true)
        {
            session.Terminal.Say("Full access is given over an encrypted address only (--public-url wss://…); this code gives limited access.");
        }

        if (GatewayTarget.IsLocal(new Uri(setup.GatewayUrl)))
        {
            session.Terminal.Say("This address is of use on the gateway's own machine only; give another with --public-url, or with gateway.bind.");
        }

        return ExitCode.Ok;
    }
}

/// <summary>Parameters of <c>device.pair.setupCode</c>.</summary>
internal sealed record SetupCodeRequest(string? PublicUrl, string? BootstrapProfile);

/// <summary>What of its result is shown.</summary>
internal sealed record SetupCodeAnswer(string SetupCode, string GatewayUrl)
{
    public string? Access { get; init; }

    public bool? AccessDowngraded { get; init; }

    /// <summary>Never shows the code: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(SetupCodeAnswer)} {{ {nameof(GatewayUrl)} = {GatewayUrl} }}";
}
