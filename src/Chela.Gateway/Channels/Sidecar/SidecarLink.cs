using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chela.Gateway.Programs;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Channels.Sidecar;

/// <summary>A sidecar answered a call with an error.</summary>
internal sealed class SidecarException(SidecarError error) : Exception(error.Message)
{
    public SidecarError Error { get; } = error;
}

/// <summary>
/// The conversation with a sidecar: calls in both directions, a line each. What it says is read within bounds: lines of 8 MiB, and so many of them.
/// Calls end with <see cref="SidecarException"/> where it says no, and with <see cref="IOException"/> where it is gone or does not answer.
/// </summary>
/// <param name="program">The sidecar.</param>
/// <param name="time">The clock.</param>
internal sealed class SidecarLink(ChildProgram program, TimeProvider time) : IDisposable
{
    /// <summary>How long a sidecar may take for an answer.</summary>
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    /// <summary>How many lines that are no messages a sidecar may print: a library may greet on the standard output.</summary>
    private const int MaxStrayLines = 100;

    private const int MaxIdBytes = 64;

    private static readonly SidecarJson Json = SidecarJson.Default;

    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonElement>> _asked = new();
    private readonly SemaphoreSlim _writing = new(1);
    private long _lastId;

    /// <summary>Gives every call and notification of the sidecar to the handler, in order; returns when it has ended.</summary>
    public async Task ReadAsync(Func<SidecarLine, Task> handle, CancellationToken ct)
    {
        using var reader = new StreamReader(new GuardedStream(program.Output, GuardedStream.Lines, time), Encoding.UTF8);
        var strays = 0;
        try
        {
            while (await reader.ReadLineAsync(ct) is { } text)
            {
                if (Parse(text) is not { } line)
                {
                    strays += text.Length > 0 ? 1 : 0;
                    if (strays > MaxStrayLines)
                    {
                        throw new IOException("the sidecar prints what is no JSON-RPC");
                    }
                }
                else if (line.Method is not null)
                {
                    await handle(line);
                }
                else
                {
                    TakeAnswer(line);
                }
            }
        }
        finally
        {
            foreach (var asked in _asked.Values)
            {
                asked.TrySetException(new IOException("the sidecar has ended"));
            }
        }
    }

    /// <summary>Calls a method; returns what the sidecar answers.</summary>
    public async Task<TResult> AskAsync<TParams, TResult>(
        string method, TParams parameters, JsonTypeInfo<TParams> sent, JsonTypeInfo<TResult> read, CancellationToken ct)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = _asked[id] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await WriteAsync(writer =>
            {
                writer.WriteNumber("id", id);
                writer.WriteString("method", method);
                writer.WritePropertyName("params");
                JsonSerializer.Serialize(writer, parameters, sent);
            }, ct);
            return Checked(await answer.Task.WaitAsync(AnswerLimit, time, ct), read, method);
        }
        catch (TimeoutException)
        {
            throw new IOException($"the sidecar did not answer {method} within {AnswerLimit.TotalSeconds} s");
        }
        finally
        {
            _asked.TryRemove(id, out _);
        }
    }

    /// <summary>Answers a call of the sidecar; a notification needs no answer.</summary>
    public Task AnswerAsync<T>(SidecarLine call, T result, JsonTypeInfo<T> type, CancellationToken ct) =>
        AnswerAsync(call, "result", writer => JsonSerializer.Serialize(writer, result, type), ct);

    /// <summary>Refuses a call of the sidecar.</summary>
    public Task RefuseAsync(SidecarLine call, int code, string message, CancellationToken ct) => AnswerAsync(call, "error", writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("code", code);
        writer.WriteString("message", message);
        writer.WriteEndObject();
    }, ct);

    public void Dispose() => _writing.Dispose();

    /// <summary>A value from outside, once it was found to be as the protocol says.</summary>
    /// <exception cref="IOException">It is not.</exception>
    public static T Checked<T>(JsonElement value, JsonTypeInfo<T> type, string where)
    {
        try
        {
            return new JsonShape(type).Check(value) is { Count: > 0 } problems
                ? throw new IOException($"{where}: {ShapeProblem.Join(problems)}")
                : value.Deserialize(type) ?? throw new IOException($"{where}: null");
        }
        catch (JsonException e)
        {
            throw new IOException($"{where}: {e.Message}", e);
        }
    }

    private static SidecarLine? Parse(string text)
    {
        try
        {
            return text.StartsWith('{') ? JsonSerializer.Deserialize(text, Json.SidecarLine) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void TakeAnswer(SidecarLine line)
    {
        if (line.Id is { ValueKind: JsonValueKind.Number } id && id.TryGetInt64(out var number) && _asked.TryGetValue(number, out var asked))
        {
            _ = line.Error is { } error ? asked.TrySetException(new SidecarException(error)) : asked.TrySetResult(line.Result ?? default);
        }
    }

    private Task AnswerAsync(SidecarLine call, string name, Action<Utf8JsonWriter> write, CancellationToken ct) =>
        call.Id is not { ValueKind: JsonValueKind.Number or JsonValueKind.String } id || id.GetRawText().Length > MaxIdBytes
            ? Task.CompletedTask
            : WriteAsync(writer =>
            {
                writer.WritePropertyName("id");
                id.WriteTo(writer);
                writer.WritePropertyName(name);
                write(writer);
            }, ct);

    private async Task WriteAsync(Action<Utf8JsonWriter> write, CancellationToken ct)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(line))
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc", "2.0");
            write(writer);
            writer.WriteEndObject();
        }

        line.Write("\n"u8);
        await _writing.WaitAsync(ct);
        try
        {
            await program.Input.WriteAsync(line.WrittenMemory, CancellationToken.None).AsTask().WaitAsync(AnswerLimit, time, ct);
            await program.Input.FlushAsync(ct);
        }
        catch (TimeoutException)
        {
            program.Kill(); // half a line stands in its pipe: nothing can be said to it any more
            throw new IOException("the sidecar does not read what it is told");
        }
        finally
        {
            _writing.Release();
        }
    }
}
