using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Logs;

/// <summary>Gives every part of the gateway a logger that writes to the log on disk.</summary>
internal sealed class FileLoggerProvider(LogFile file, LogSecrets secrets, TimeProvider time) : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public ILogger CreateLogger(string categoryName) => new FileLogger(categoryName, file, secrets, _scopes, time);

    /// <summary>Called before there are loggers.</summary>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <summary>The file is closed by its owner.</summary>
    public void Dispose()
    {
    }
}

/// <summary>
/// Writes a line for each event: a JSON object in the form of OpenClaw's log, which its tools know how to show, and the
/// event's own facts under <c>data</c>. What the work is about that was done meanwhile stands beside them.
/// </summary>
internal sealed class FileLogger(string category, LogFile file, LogSecrets secrets, IExternalScopeProvider scopes, TimeProvider time) : ILogger
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly string _name = $"{{\"subsystem\":\"{SubsystemOf(category)}\"}}";

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => scopes.Push(state);

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            writer.WriteStartObject();
            writer.WriteString("time"u8, time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            writer.WriteString("0"u8, formatter(state, exception));
            if (exception is not null)
            {
                writer.WriteString("1"u8, exception.ToString());
            }

            writer.WriteStartObject("_meta"u8);
            writer.WriteString("logLevelName"u8, LevelOf(logLevel));
            writer.WriteString("name"u8, _name);
            writer.WriteEndObject();
            writer.WriteNumber("eventId"u8, eventId.Id);
            WriteWork(writer, WorkScopes.Current(scopes));
            WriteFacts(writer, state);
            writer.WriteEndObject();
        }

        file.Write(Encoding.UTF8.GetBytes(secrets.Hide(Encoding.UTF8.GetString(buffer.WrittenSpan)) + "\n"));
    }

    private static void WriteWork(Utf8JsonWriter writer, WorkFacts? work)
    {
        if (work is not null)
        {
            Write("connection"u8, work.Connection);
            Write("session"u8, work.Session);
            Write("channel"u8, work.Channel);
            Write("user"u8, work.User);
            Write("message"u8, work.Message);
            Write("agent"u8, work.Agent);
            Write("run"u8, work.Run);
        }

        void Write(ReadOnlySpan<byte> name, string? value)
        {
            if (value is not null)
            {
                writer.WriteString(name, value);
            }
        }
    }

    private static void WriteFacts<TState>(Utf8JsonWriter writer, TState state)
    {
        if (state is not IReadOnlyList<KeyValuePair<string, object?>> { Count: > 1 } facts)
        {
            return;
        }

        writer.WriteStartObject("data"u8);
        foreach (var (name, value) in facts)
        {
            if (name != "{OriginalFormat}")
            {
                writer.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
            }
        }

        writer.WriteEndObject();
    }

    /// <summary>The last part of a category's name: <c>Chela.Gateway.Rpc.Dispatcher</c> is <c>gateway/dispatcher</c>.</summary>
    private static string SubsystemOf(string category)
    {
        var parts = category.ToLowerInvariant().Split('.');
        return parts is ["chela", "gateway", .., var last] ? $"gateway/{last}" : string.Join('/', parts);
    }

    private static string LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Warning => "WARN",
        LogLevel.Error => "ERROR",
        LogLevel.Critical => "FATAL",
        _ => "INFO",
    };
}
