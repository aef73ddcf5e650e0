using System.Text.Json;
using Chela.Gateway.Logs;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Logs;

[Trait("Requirement", "O1")]
public sealed class FileLoggerTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly LogFile _file;
    private readonly FileLoggerProvider _provider;

    public FileLoggerTests()
    {
        _file = new LogFile(Path.Combine(_folder.Path, "logs", "gateway.log"));
        _provider = new FileLoggerProvider(_file, new LogSecrets([]), new ManualTimeProvider());
    }

    public void Dispose()
    {
        _provider.Dispose();
        _file.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_line_names_what_the_work_is_about_and_the_inner_work_knows_better()
    {
        var logger = _provider.CreateLogger("Chela.Gateway.Bus.Lanes");

        using (logger.BeginScope(new Work(new WorkFacts { Connection = "c1", User = "cli" })))
        using (logger.BeginScope("something of the framework"))
        using (logger.BeginScope(new Work(new WorkFacts { Session = "agent:main:main", User = "desk", Run = "r1" })))
        {
            Write(logger);
        }

        var line = JsonElement.Parse(File.ReadAllText(_file.Path));
        Assert.Equal(("c1", "agent:main:main", "desk", "r1", null), (line.Text("connection"), line.Text("session"), line.Text("user"), line.Text("run"), line.Text("agent")));
    }

    [Fact]
    public async Task Work_for_everybody_is_about_nobody()
    {
        var logger = _provider.CreateLogger("Chela.Gateway.Bus.Lanes");

        using (logger.BeginScope(new Work(new WorkFacts { Connection = "c1" })))
        {
            await Background.Run(() =>
            {
                Write(logger);
                return Task.CompletedTask;
            });
        }

        Assert.Null(JsonElement.Parse(await File.ReadAllTextAsync(_file.Path, TestContext.Current.CancellationToken)).Text("connection"));
    }

    [Fact]
    public void A_log_that_is_full_is_put_aside_and_one_before_it_is_kept()
    {
        var line = new byte[1024 * 1024];
        line.AsSpan().Fill((byte)' ');
        line[^1] = (byte)'\n';

        for (var written = 0; written < 4 * LogFile.MaxBytes; written += line.Length)
        {
            _file.Write(line);
        }

        Assert.Equal(2, Directory.GetFiles(Path.GetDirectoryName(_file.Path)!).Length);
        Assert.All(Directory.GetFiles(Path.GetDirectoryName(_file.Path)!), file => Assert.InRange(new FileInfo(file).Length, 1, LogFile.MaxBytes));
    }

    [Fact]
    public void A_log_that_cannot_be_written_stops_nobody_and_goes_on_once_it_can()
    {
        var folder = Path.GetDirectoryName(_file.Path)!;
        File.WriteAllText(folder, "in the way");
        _file.Write("lost\n"u8);

        File.Delete(folder);
        _file.Write("kept\n"u8);

        Assert.Equal("kept\n", File.ReadAllText(_file.Path));
    }

    private static void Write(ILogger logger) => logger.Log(LogLevel.Warning, new EventId(1), "text", null, (text, _) => text);

    private sealed record Work(WorkFacts Facts) : IWorkScope;
}
