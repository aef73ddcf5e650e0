using System.Collections.Concurrent;
using System.Collections.Frozen;
using Chela.Contracts.Channels;
using Chela.Gateway.Config;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Supervision;

/// <summary>The name of an account, and of its channel.</summary>
internal readonly record struct AccountName(string Channel, string Account);

/// <summary>
/// The accounts of chat platforms that run: those that the configuration names. One whose settings change is stopped and started; the others notice
/// nothing. What is asked of one account is done in order, of different ones side by side.
/// </summary>
internal sealed class Accounts : IAsyncDisposable
{
    private readonly FrozenDictionary<string, IChannel> _channels;
    private readonly ConcurrentDictionary<AccountName, Place> _places = new();
    private readonly Reception _reception;
    private readonly ConfigStore _config;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILoggerFactory _loggers;
    private volatile bool _isOpen;

    public Accounts(IEnumerable<IChannel> channels, Reception reception, ConfigStore config, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        (_reception, _config, _time, _random, _loggers) = (reception, config, time, random, loggers);
        _channels = channels.ToFrozenDictionary(channel => channel.Name, StringComparer.Ordinal);
    }

    /// <summary>The channels that there are, by name.</summary>
    public IReadOnlyDictionary<string, IChannel> Channels => _channels;

    /// <summary>Starts every account that is to run.</summary>
    public void Start()
    {
        _isOpen = true;
        Follow(_ => true);
    }

    /// <summary>Brings what runs to what the configuration names.</summary>
    /// <param name="hasChanged">Whether the settings of an account are other ones than before.</param>
    public void Follow(Func<AccountName, bool> hasChanged)
    {
        if (!_isOpen)
        {
            return;
        }

        var wanted = _config.Current.Config.Channels.Accounts().Where(one => one.Account.Runs()).Select(one => new AccountName(one.Channel, one.Name)).ToHashSet();
        foreach (var name in _places.Keys.Except(wanted))
        {
            _places[name].Do(place => place.StopAsync());
        }

        foreach (var name in wanted.Where(hasChanged))
        {
            PlaceOf(name)?.Do(place => place.RestartAsync());
        }
    }

    /// <summary>The state of an account; null for one that was never started.</summary>
    public AccountState? StateOf(AccountName name) => _places.GetValueOrDefault(name)?.State;

    /// <summary>The account while it runs; null otherwise.</summary>
    public AccountRunner? Running(AccountName name) => _places.GetValueOrDefault(name)?.Runner is { State.IsRunning: true } runner ? runner : null;

    /// <summary>Starts an account; one that runs is left as it is. False where it ran already.</summary>
    public Task<bool> StartAsync(AccountName name) => PlaceOf(name)?.DoAsync(place => place.StartAsync()) ?? Task.FromResult(false);

    /// <summary>Stops an account until it is started, its settings change or the gateway starts. False where it did not run.</summary>
    public Task<bool> StopAsync(AccountName name) => _places.GetValueOrDefault(name)?.DoAsync(place => place.StopAsync()) ?? Task.FromResult(false);

    /// <summary>Stops all accounts.</summary>
    public async ValueTask DisposeAsync()
    {
        _isOpen = false;
        await Task.WhenAll(_places.Values.Select(place => place.DoAsync(one => one.StopAsync())));
    }

    private Place? PlaceOf(AccountName name) =>
        _channels.TryGetValue(name.Channel, out var channel) ? _places.GetOrAdd(name, _ => new Place(() => NewRunner(channel, name.Account))) : null;

    private AccountRunner NewRunner(IChannel channel, string account) => new(channel, account, _reception, _time, Chance, _loggers.CreateLogger<AccountRunner>());

    private double Chance()
    {
        lock (_random)
        {
            return _random.NextDouble();
        }
    }

    /// <summary>What there is of one account: who runs it, and what is asked of it, in order.</summary>
    private sealed class Place(Func<AccountRunner> open)
    {
        private readonly Lock _gate = new();
        private volatile AccountRunner? _runner;
        private Task _last = Task.CompletedTask;

        public AccountRunner? Runner => _runner;

        public AccountState? State => _runner?.State;

        public void Do(Func<Place, Task<bool>> step) => _ = DoAsync(step); // kept as the last, and awaited by whoever comes next

        public Task<bool> DoAsync(Func<Place, Task<bool>> step)
        {
            lock (_gate)
            {
                var before = _last;
                var now = Background.Run(async () => await AfterAsync(before, step));
                _last = now;
                return now;
            }
        }

        public async Task<bool> StartAsync()
        {
            if (_runner is { State.IsRunning: true })
            {
                return false;
            }

            await StopAsync();
            _runner = open();
            return true;
        }

        public async Task<bool> StopAsync()
        {
            var ran = _runner is { State.IsRunning: true };
            if (_runner is { } runner)
            {
                await runner.DisposeAsync();
            }

            return ran;
        }

        public async Task<bool> RestartAsync()
        {
            await StopAsync();
            return await StartAsync();
        }

        private async Task<bool> AfterAsync(Task before, Func<Place, Task<bool>> step)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await step(this);
        }
    }
}
