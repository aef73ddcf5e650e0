using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Telemetry;

/// <summary>
/// A step that is done again and again. One that throws is begun again, later and later; where it goes on throwing it rests for long, so that it
/// neither fills the log nor keeps others from their work. It reaches no other loop.
/// </summary>
/// <param name="name">What people call it.</param>
/// <param name="period">The time between two steps.</param>
/// <param name="step">What is done.</param>
/// <param name="time">The clock.</param>
/// <param name="chance">From 0 to 1, so that loops that fail together do not come again together.</param>
/// <param name="logger">The log.</param>
internal sealed partial class BackgroundLoop(
    string name, TimeSpan period, Func<CancellationToken, Task> step, TimeProvider time, Func<double> chance, ILogger logger)
{
    /// <summary>So many deaths one after the other, and it rests.</summary>
    public const int MostDeaths = 5;

    /// <summary>The wait after the first death; each further one doubles it.</summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    /// <summary>How long it rests.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(10);

    /// <summary>One that lived so long was well: its next death is a first one.</summary>
    public static readonly TimeSpan Stable = TimeSpan.FromMinutes(5);

    private const double Jitter = 0.1;

    private long _stepBegan;
    private volatile int _deaths;
    private volatile bool _isFailing;

    public string Name => name;

    /// <summary>How often it died since it was last well.</summary>
    public int Deaths => _deaths;

    /// <summary>True from its death until a step has succeeded.</summary>
    public bool IsFailing => _isFailing;

    /// <summary>True while it fails so often that it rests in between.</summary>
    public bool Rests => _isFailing && _deaths >= MostDeaths;

    /// <summary>How long the step has taken that is under way; null between two.</summary>
    public TimeSpan? AtStepFor => Interlocked.Read(ref _stepBegan) is not 0 and var began ? time.GetElapsedTime(began) : null;

    /// <summary>Goes on until cancelled.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The boundary of a loop: whatever its step throws, it is begun again and no other notices.")]
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            try
            {
                await LiveAsync(stopping);
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                var wait = WaitAfterDeath(time.GetElapsedTime(began));
                Log.Died(logger, name, _deaths, wait.TotalSeconds, e);
                await Task.Delay(wait, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task LiveAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            Interlocked.Exchange(ref _stepBegan, time.GetTimestamp());
            try
            {
                await step(stopping);
                _isFailing = false;
            }
            finally
            {
                Interlocked.Exchange(ref _stepBegan, 0);
            }
        }
    }

    private TimeSpan WaitAfterDeath(TimeSpan lived)
    {
        _isFailing = true;
        _deaths = lived >= Stable ? 1 : _deaths + 1;
        var wait = _deaths >= MostDeaths ? Rest : FirstWait * Math.Pow(2, _deaths - 1);
        return wait * (1 + (Jitter * ((2 * chance()) - 1)));
    }

    private static partial class Log
    {
        [LoggerMessage(1840, LogLevel.Error, "The {Loop} failed, {Deaths} times by now; it is begun again in {Seconds:0.0} s")]
        public static partial void Died(ILogger logger, string loop, int deaths, double seconds, Exception e);
    }
}
