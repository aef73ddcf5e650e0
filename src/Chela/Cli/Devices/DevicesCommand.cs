using System.CommandLine;
using System.Text.Json;

namespace Chela.Cli.Devices;

/// <summary><c>chela devices</c>: who waits to be let in, who was, and how to let in the next one.</summary>
internal static class DevicesCommand
{
    public static Command Create() => new ExampledCommand("devices", "List and admit devices")
    {
        Examples = ["chela devices list", "chela devices approve REQUEST", "chela devices setup-code --public-url wss://gateway.example"],
        Subcommands =
        {
            ListCommand(),
            CallCommand("approve", "Let a device in as it asks", "device.pair.approve", "requestId", "REQUEST", "The id of its request"),
            CallCommand("reject", "Refuse a device's request", "device.pair.reject", "requestId", "REQUEST", "The id of its request"),
            CallCommand("remove", "Forget a device; its connections end", "device.pair.remove", "deviceId", "DEVICE", "The id of the device"),
            SetupCodeCommand.Create(),
        },
    };

    private static ExampledCommand ListCommand()
    {
        var connection = new ConnectionOptions("Longest wait for the answer (default 30)");
        var command = new ExampledCommand("list", "Show the devices that wait, and those that were let in")
        {
            Examples = ["chela devices list", "chela devices list --json"],
        };
        connection.AddTo(command);
        command.SetAction((parsed, ct) => GatewaySession.RunAsync(connection.Read(parsed), session => ListAsync(session, ct), ct));
        return command;
    }

    private static async Task<int> ListAsync(GatewaySession session, CancellationToken ct)
    {
        var list = await session.Client.CallAsync("device.pair.list", ct: ct);
        if (session.Json)
        {
            session.Terminal.WriteJson(list, CliJson.Default.JsonElement, indented: false);
            return ExitCode.Ok;
        }

        foreach (var line in DeviceLines.Of(list))
        {
            session.Terminal.WriteLine(line);
        }

        return ExitCode.Ok;
    }

    /// <summary>A command that calls one method with one id.</summary>
    private static ExampledCommand CallCommand(string name, string description, string method, string member, string word, string meaning)
    {
        var id = new Argument<string>(word) { Description = meaning };
        var connection = new ConnectionOptions("Longest wait for the answer (default 30)");
        var command = new ExampledCommand(name, description)
        {
            Examples = [$"chela devices {name} {word}", $"chela devices {name} {word} --json"],
        };
        command.Add(id);
        connection.AddTo(command);
        command.SetAction((parsed, ct) => GatewaySession.RunAsync(
            connection.Read(parsed), session => CallAsync(session, method, member, parsed.GetRequiredValue(id), ct), ct));
        return command;
    }

    private static async Task<int> CallAsync(GatewaySession session, string method, string member, string id, CancellationToken ct)
    {
        var parameters = JsonSerializer.SerializeToElement(new Dictionary<string, string> { [member] = id }, CliJson.Default.DictionaryStringString);
        var answer = await session.Client.CallAsync(method, parameters, ct);
        if (session.Json)
        {
            session.Terminal.WriteJson(answer, CliJson.Default.JsonElement, indented: false);
            return ExitCode.Ok;
        }

        session.Terminal.WriteLine(method switch
        {
            "device.pair.approve" => $"Let in: {DeviceLines.Name(answer.GetProperty("device"))}. It comes in when it connects the next time.",
            "device.pair.reject" => $"Refused: {id}",
            _ => $"Removed: {id}",
        });
        return ExitCode.Ok;
    }
}
