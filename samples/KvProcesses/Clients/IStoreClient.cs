using Replication.Kv;

namespace KvProcesses.Clients;

/// <summary>The two calls that a load needs. Callable from any thread.</summary>
public interface IStoreClient
{
    /// <summary>Sets a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="cancellationToken">Ends the wait: the outcome is then Indeterminate, or the call throws.</param>
    /// <returns>How it ended.</returns>
    ValueTask<KeyValueWriteResult> PutAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken);

    /// <summary>Reads a key linearizably.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The value.</returns>
    ValueTask<KeyValueReadResult> GetAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken);
}
