using KvProcesses.Clients;
using KvProcesses.Workloads;
using Replication.Kv;
using Replication.Primitives;

namespace QuickStart;

/// <summary>Changes one key behind the verifier's back, through the public API: a verification that can't fail proves
/// nothing.</summary>
/// <param name="way">How.</param>
/// <param name="client">Changes the key.</param>
/// <param name="key">A key that the load overwrites for certain: the most popular one.</param>
/// <param name="display">Says so.</param>
internal sealed class SabotageRun(Sabotage way, ClusterClient client, int key, Display display)
{
    private const int AttemptsMax = 10;
    private ReadOnlyMemory<byte> _first;

    /// <summary>Remembers the key's value before the load runs.</summary>
    public async Task PrepareAsync()
    {
        if (way != Sabotage.None)
        {
            _first = (await client.GetAsync(StampedLoad.KeyName(key), CancellationToken.None)).Value;
        }
    }

    /// <summary>Changes the key.</summary>
    public async Task ApplyAsync()
    {
        ReadOnlyMemory<byte> name = StampedLoad.KeyName(key);
        if (way == Sabotage.Delete)
        {
            KeyValueWriteResult delete = await CommitAsync(() => client.Store.DeleteAsync(name));
            display.Say($"Sabotage: key {key} was deleted behind the verifier's back, at {delete.Id}");
        }
        else if (way == Sabotage.RollBack)
        {
            KeyValueReadResult now = await client.GetAsync(name, CancellationToken.None);
            if (now.Value.Span.SequenceEqual(_first.Span))
            {
                throw new InvalidOperationException($"Key {key} was not overwritten by the load: nothing to set back.");
            }

            KeyValueWriteResult put = await CommitAsync(() => client.Store.PutAsync(name, _first));
            display.Say($"Sabotage: key {key} was set back to its first value behind the verifier's back, at {put.Id}");
        }
    }

    /// <summary>Writes until it is done: right after a start a write may be refused, or end without anybody
    /// knowing.</summary>
    private async Task<KeyValueWriteResult> CommitAsync(Func<ValueTask<KeyValueWriteResult>> write)
    {
        for (int attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            KeyValueWriteResult result = await write();
            if (result.Outcome == WriteOutcome.Committed)
            {
                return result;
            }

            display.Say($"Sabotage: attempt {attempt} ended as {result.Outcome} {result.Reason}; once more");
        }

        throw new InvalidOperationException(
            $"Key {key} could not be changed: no proof that the verification can fail.");
    }
}
