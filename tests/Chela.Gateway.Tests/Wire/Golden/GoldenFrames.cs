using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Errors;
using Chela.Gateway.Tests.Architecture;
using Chela.Gateway.Wire;

namespace Chela.Gateway.Tests.Wire.Golden;

/// <summary>
/// The golden frames of a dialect: a file with one case a line. What goes in stands first (<c>read</c>, <c>result</c>, <c>error</c>,
/// <c>event</c> or <c>close</c>), what has to come out after it.
/// </summary>
/// <param name="folder">The folder of the dialect.</param>
/// <param name="dialect">The dialect.</param>
internal sealed class GoldenFrames(string folder, IWireDialect dialect)
{
    private const string WriteSwitch = "CHELA_WRITE_GOLDEN";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private string Path => System.IO.Path.Combine(
        Repository.Root, "tests", "Chela.Gateway.Tests", "Wire", "Golden", folder, "frames.jsonl");

    /// <summary>The lines of the file.</summary>
    public IReadOnlyList<string> Lines => File.ReadAllLines(Path);

    /// <summary>Makes the file anew when asked to; what changed is then seen as the difference to the last commit.</summary>
    public void WriteIfAsked()
    {
        if (Environment.GetEnvironmentVariable(WriteSwitch) == "1")
        {
            Assert.NotEqual("true", Environment.GetEnvironmentVariable("CI"));
            File.WriteAllLines(Path, [.. Lines.Select(Made)]);
        }
    }

    /// <summary>Fails when a case comes out otherwise than its line says.</summary>
    public void Check(string line)
    {
        var made = Made(line);
        Assert.True(made == line, $"{folder}: expected\n{line}\nbut it is\n{made}\n{WriteSwitch}=1 dotnet test writes it down; read the difference before it is committed.");
    }

    /// <summary>The line as this dialect makes it from what goes in.</summary>
    private string Made(string line)
    {
        var given = JsonNode.Parse(line)!.AsObject();
        var made = new JsonObject();
        if (given["read"] is { } frame)
        {
            made["read"] = frame.DeepClone();
            AddCalls(made, dialect.Read(Encoding.UTF8.GetBytes(frame.GetValue<string>())));
        }
        else if (given["event"] is { } name)
        {
            made["event"] = name.DeepClone();
            made["frame"] = dialect.Encode(GoldenEvents.Of(name.GetValue<string>())) is { } encoded
                ? Encoding.UTF8.GetString(encoded.Head) + (encoded.Numbered ? "7" : "") + Encoding.UTF8.GetString(encoded.Tail)
                : null;
        }
        else if (given["close"] is { } cause)
        {
            var close = dialect.CloseFor(Enum.Parse<CloseCause>(cause.GetValue<string>()));
            made["close"] = cause.DeepClone();
            made["code"] = close.Code;
            made["reason"] = close.Reason;
        }
        else
        {
            AddOutcome(made, given);
        }

        return made.ToJsonString(Readable);
    }

    private static void AddCalls(JsonObject made, WireFrame frame)
    {
        if (frame.IsBatch)
        {
            made["batch"] = true;
        }

        made["calls"] = new JsonArray([.. frame.Calls.ToArray().Select(call => call.Error is { } error
            ? new JsonObject { ["id"] = Text(call.Id), ["refused"] = $"{error.Kind}", ["message"] = error.Message }
            : new JsonObject { ["id"] = Text(call.Id), ["method"] = call.Method, ["params"] = Encoding.UTF8.GetString(call.Parameters.Span) })]);
    }

    private void AddOutcome(JsonObject made, JsonObject given)
    {
        var id = given["id"]!.GetValue<string>();
        made["id"] = id;
        if (given["error"] is { } error)
        {
            made["error"] = error.DeepClone();
            made["frame"] = Written.Outcome(dialect, ErrorOf(error), id);
        }
        else
        {
            made["result"] = given["result"]?.DeepClone();
            made["frame"] = Written.Outcome(dialect, Written.Json(given["result"]?.ToJsonString() ?? "null"), id);
        }
    }

    private static RpcError ErrorOf(JsonNode error) => new(Enum.Parse<RpcErrorKind>(error["kind"]!.GetValue<string>()), error["message"]!.GetValue<string>())
    {
        Details = error["details"] is { } details ? JsonElement.Parse(details.ToJsonString()) : null,
        RetryAfterMs = error["retryAfterMs"]?.GetValue<int>(),
    };

    private static string? Text(byte[]? json) => json is null ? null : Encoding.UTF8.GetString(json);
}
