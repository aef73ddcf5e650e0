using Chela.Gateway.Config;
using Chela.Gateway.Logs;
using Chela.Gateway.Tests.Architecture;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Chela.Gateway.Tests.Logs;

[Trait("Requirement", "O1")]
public sealed class LogLevelsTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ConfigStore _config = new(ConfigFixture.Load("""{"logging":{"levels":{"bus":"error"}}}"""));
    private readonly ServiceProvider _services;
    private readonly LogLevels _levels;

    public LogLevelsTests()
    {
        _services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(new Recorder()))
            .AddSingleton(_config)
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton<LogLevels>()
            .AddSingleton<IConfigureOptions<LoggerFilterOptions>>(provider => provider.GetRequiredService<LogLevels>())
            .AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(provider => provider.GetRequiredService<LogLevels>())
            .BuildServiceProvider();
        _levels = _services.GetRequiredService<LogLevels>();
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public void A_level_that_somebody_wants_is_in_force_for_existing_loggers_until_its_time_is_up()
    {
        var lanes = LoggerOf("Chela.Gateway.Agents.AgentRun");
        Assert.False(lanes.IsEnabled(LogLevel.Debug));

        _levels.Want("agents", "debug", TimeSpan.FromMinutes(10));
        var during = lanes.IsEnabled(LogLevel.Debug);
        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal((true, false), (during, lanes.IsEnabled(LogLevel.Debug)));
    }

    [Fact]
    public void What_is_wanted_goes_before_what_is_configured_and_can_be_taken_back()
    {
        var lanes = LoggerOf("Chela.Gateway.Bus.Lanes");
        _levels.Want("bus", "trace", null);
        var wanted = (lanes.IsEnabled(LogLevel.Trace), Source("bus"));

        _levels.Want("bus", null, null);

        Assert.Equal((true, "wanted"), wanted);
        Assert.Equal((false, true, "configured", "default"), (lanes.IsEnabled(LogLevel.Warning), lanes.IsEnabled(LogLevel.Error), Source("bus"), Source("rpc")));
    }

    [Fact]
    public void Another_configuration_is_in_force_at_once()
    {
        var dispatcher = LoggerOf("Chela.Gateway.Rpc.Dispatcher");
        var addresses = LoggerOf("Microsoft.AspNetCore.Hosting.Diagnostics");

        _config.Swap(ConfigFixture.Load("""{"logging":{"level":"trace"}}"""));

        Assert.Equal((true, false), (dispatcher.IsEnabled(LogLevel.Trace), addresses.IsEnabled(LogLevel.Critical)));
    }

    [Fact]
    public void There_is_a_level_for_each_part_that_logs()
    {
        var folders = from file in Repository.Files(["src/Chela.Gateway"], ".cs")
                      where file.Text.Contains("[LoggerMessage(", StringComparison.Ordinal)
                      select file.Path.Split('/')[2].ToLowerInvariant();

        Assert.Empty(folders.Distinct().Except(LoggingConfig.Slices));
    }

    [Fact]
    public void A_part_that_there_is_not_is_refused() =>
        Assert.Contains("names no part of the gateway: 'lanes'", ConfigFixture.Refuse("""{"logging":{"levels":{"lanes":"debug"}}}"""), StringComparison.Ordinal);

    private ILogger LoggerOf(string category) => _services.GetRequiredService<ILoggerFactory>().CreateLogger(category);

    private string Source(string slice) => _levels.Rows.Single(row => row.Slice == slice).Source;

    private sealed class Recorder : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
        }
    }
}
