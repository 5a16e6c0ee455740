using System.Collections.Concurrent;

namespace Harness.Drivers;

/// <summary>Connections to one Redis server. Callable from any thread.</summary>
/// <param name="address">Where it listens.</param>
internal sealed class RedisPool(Uri address) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);
    private readonly ConcurrentBag<RedisConnection> _idle = [];

    /// <summary>Sends a command on a connection that nobody uses.</summary>
    /// <returns>A text or a number; null for nothing.</returns>
    /// <exception cref="RedisErrorException">The server refused it: nothing was executed.</exception>
    /// <exception cref="TimeoutException">No answer came within a second; it may have been executed.</exception>
    public async Task<string?> CallAsync(params IReadOnlyList<string> words)
    {
        using CancellationTokenSource limit = new(Timeout);
        try
        {
            if (!_idle.TryTake(out RedisConnection? connection))
            {
                connection = await RedisConnection.OpenAsync(address, limit.Token).ConfigureAwait(false);
            }

            return await CallAsync(connection, words, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"Redis at {address} did not answer within {Timeout.TotalSeconds} s.", e);
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out RedisConnection? connection))
        {
            connection.Dispose();
        }
    }

    // A connection on which a call was given up would give its answer to the next one.
    private async Task<string?> CallAsync(
        RedisConnection connection, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        bool isSound = false;
        try
        {
            string? answer = await connection.CallAsync(words, cancellationToken).ConfigureAwait(false);
            isSound = true;
            return answer;
        }
        catch (RedisErrorException)
        {
            isSound = true;
            throw;
        }
        finally
        {
            if (isSound)
            {
                _idle.Add(connection);
            }
            else
            {
                connection.Dispose();
            }
        }
    }
}
