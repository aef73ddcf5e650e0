using System.Diagnostics;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;

namespace Chela.Load;

/// <summary>
/// Many connections that log in and listen; one that is lost comes back. When everyone is in for the first time, the state is
/// printed; then each line of the standard input is answered by one line of JSON, and its end is the end of the crowd:
/// <c>state</c>; <c>everyone SECONDS</c> waits until all are logged in; <c>watch COUNT MARK</c> begins to count frames that contain
/// the mark; <c>arrived SECONDS</c> waits until there were so many.
/// </summary>
internal sealed class Crowd(LoadPlan plan)
{
    /// <summary>How long a lost connection waits before it comes back: at random, so that a crowd does not come as one.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LoginLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FirstLimit = TimeSpan.FromMinutes(3);

    private readonly Arrivals _arrivals = new();
    private readonly Lock _gate = new();
    private readonly long _began = Stopwatch.GetTimestamp();
    private int _open;
    private long _tries;
    private long _failures;
    private string? _lastFailure;
    private double _seconds;
    private TaskCompletionSource _everyone = NewSignal();

    /// <summary>Runs until the standard input ends.</summary>
    public async Task<int> RunAsync()
    {
        using var places = new SemaphoreSlim(plan.Logins);
        for (var index = 0; index < plan.Connections; index++)
        {
            _ = KeepAsync(index, places); // ends with the process
        }

        await EveryoneAsync(FirstLimit);
        Print(State());
        while (Console.ReadLine() is { } line)
        {
            await AnswerAsync(line.Split(' ', 3));
        }

        return 0;
    }

    private async Task AnswerAsync(string[] words)
    {
        switch (words)
        {
            case ["everyone", var seconds]:
                await EveryoneAsync(SecondsOf(seconds));
                Print(State());
                break;
            case ["watch", var count, var mark]:
                _arrivals.Watch(mark, long.Parse(count, provider: null));
                Print(State());
                break;
            case ["arrived", var seconds]:
                var arrived = await _arrivals.CompleteAsync(SecondsOf(seconds));
                Console.WriteLine(JsonSerializer.Serialize(arrived, LoadJson.Default.ArrivalResult));
                break;
            default:
                Print(State());
                break;
        }
    }

    /// <summary>One place in the crowd: a connection, and the next when it is lost.</summary>
    private async Task KeepAsync(int index, SemaphoreSlim places)
    {
        for (var pause = TimeSpan.Zero; ; pause = FirstPause)
        {
            using var socket = await LogInAsync(index, places, pause);
            Came();
            try
            {
                var reader = new FrameReader(socket);
                while (await reader.ReadAsync(CancellationToken.None) is { } frame)
                {
                    _arrivals.Add(frame.Span);
                }
            }
            catch (WebSocketException)
            {
                // The other side is gone without a goodbye.
            }

            Left();
        }
    }

    private async Task<WebSocket> LogInAsync(int index, SemaphoreSlim places, TimeSpan pause)
    {
        while (true)
        {
            await Task.Delay(pause * Random.Shared.NextDouble());
            await places.WaitAsync();
            try
            {
                Interlocked.Increment(ref _tries);
                return await TryLogInAsync(index);
            }
            catch (Exception e) when (e is IOException or SocketException or WebSocketException or OperationCanceledException)
            {
                Interlocked.Increment(ref _failures);
                _lastFailure = e.Message;
                pause = pause == TimeSpan.Zero ? FirstPause : TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, LongestPause.Ticks));
            }
            finally
            {
                places.Release();
            }
        }
    }

    private async Task<WebSocket> TryLogInAsync(int index)
    {
        using var limit = new CancellationTokenSource(LoginLimit);
        var socket = await CrowdSocket.OpenAsync(plan, index, receiveBytes: null, limit.Token);
        try
        {
            if (plan.SpeaksOpenClaw)
            {
                await OpenClawHandshake.RunAsync(socket, new FrameReader(socket), plan.Token, limit.Token);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Came()
    {
        lock (_gate)
        {
            if (++_open == plan.Connections)
            {
                _seconds = _seconds > 0 ? _seconds : Stopwatch.GetElapsedTime(_began).TotalSeconds;
                _everyone.TrySetResult();
            }
        }
    }

    private void Left()
    {
        lock (_gate)
        {
            if (_open-- == plan.Connections)
            {
                _everyone = NewSignal();
            }
        }
    }

    private async Task EveryoneAsync(TimeSpan limit)
    {
        Task everyone;
        lock (_gate)
        {
            everyone = _everyone.Task;
        }

        await Task.WhenAny(everyone, Task.Delay(limit));
    }

    private CrowdState State()
    {
        lock (_gate)
        {
            return new CrowdState(_open, Interlocked.Read(ref _tries), Interlocked.Read(ref _failures), _lastFailure, _seconds);
        }
    }

    private static void Print(CrowdState state) => Console.WriteLine(JsonSerializer.Serialize(state, LoadJson.Default.CrowdState));

    private static TimeSpan SecondsOf(string text) => TimeSpan.FromSeconds(int.Parse(text, provider: null));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
