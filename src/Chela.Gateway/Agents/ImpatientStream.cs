using System.Runtime.CompilerServices;

namespace Chela.Gateway.Agents;

/// <summary>Reads what a model says, and leaves it behind when it does not stop although it was told to.</summary>
internal static class ImpatientStream
{
    /// <summary>How long a model that was told to stop may take for it.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Reads a stream that was given the same token; ends by the token at the latest after the grace.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="leftBehind">Told when it is left behind, with the task that ends when it does; what it still says is thrown away.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Tells the stream to stop.</param>
    public static async IAsyncEnumerable<T> ReadAsync<T>(
        IAsyncEnumerable<T> stream, Action<Task> leftBehind, TimeProvider time, [EnumeratorCancellation] CancellationToken ct)
    {
        using var tooLate = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var told = ct.UnsafeRegister(_ => tooLate.CancelAfter(Grace), null);
        var source = stream.GetAsyncEnumerator(ct);
        var next = Task.FromResult(true);
        try
        {
            while (true)
            {
                next = source.MoveNextAsync().AsTask();
                if (!await next.WaitAsync(tooLate.Token))
                {
                    break;
                }

                yield return source.Current;
            }
        }
        finally
        {
            var end = EndAsync(next, source);
            await end.WaitAsync(tooLate.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!end.IsCompleted)
            {
                leftBehind(end);
            }
        }
    }

    private static async Task EndAsync(Task next, IAsyncDisposable source)
    {
        await next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await source.DisposeAsync();
    }
}
