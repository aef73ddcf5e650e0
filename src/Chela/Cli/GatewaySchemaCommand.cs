using System.CommandLine;
using System.Text.Json;

namespace Chela.Cli;

/// <summary><c>chela gateway schema</c>: what a running gateway can be asked, with parameters and results.</summary>
internal static class GatewaySchemaCommand
{
    public static Command Create()
    {
        var method = new Argument<string?>("METHOD") { Description = "Only this method", Arity = ArgumentArity.ZeroOrOne };
        var connection = new ConnectionOptions("Longest wait for the answer (default 30)");
        var command = new ExampledCommand("schema", "Show the methods of a running gateway, their parameters and results")
        {
            Examples = ["chela gateway schema", "chela gateway schema chat.send", "chela gateway schema --json > schema.json"],
        };
        command.Add(method);
        connection.AddTo(command);
        command.SetAction((parsed, ct) => GatewaySession.RunAsync(
            connection.Read(parsed), session => ShowAsync(session, parsed.GetValue(method), ct), ct));
        return command;
    }

    private static async Task<int> ShowAsync(GatewaySession session, string? method, CancellationToken ct)
    {
        var schema = await session.Client.CallAsync("rpc.schema", ct: ct);
        var shown = method is null ? schema : Find(schema, method) ?? throw new UsageException($"The gateway has no method '{method}'.");
        session.Terminal.WriteJson(shown, CliJson.Default.JsonElement, indented: !session.Json);
        return ExitCode.Ok;
    }

    /// <summary>Finds a method in <c>methods</c>, whether that is an object by name or a list of objects with a name.</summary>
    private static JsonElement? Find(JsonElement schema, string method)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("methods", out var methods))
        {
            return null;
        }

        if (methods.ValueKind == JsonValueKind.Object)
        {
            return methods.TryGetProperty(method, out var found) ? found : null;
        }

        foreach (var entry in methods.ValueKind == JsonValueKind.Array ? methods.EnumerateArray() : [])
        {
            if (IsNamed(entry, "name", method) || IsNamed(entry, "method", method))
            {
                return entry;
            }
        }

        return null;
    }

    private static bool IsNamed(JsonElement entry, string property, string name) =>
        entry.ValueKind == JsonValueKind.Object
        && entry.TryGetProperty(property, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.ValueEquals(name);
}
