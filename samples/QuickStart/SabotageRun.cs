using KvProcesses.Clients;
using KvProcesses.Workloads;
using Replication.Kv;

namespace QuickStart;

/// <summary>Changes one key behind the verifier's back, through the public API: a verification that can't fail proves nothing.</summary>
/// <param name="way">How.</param>
/// <param name="client">Changes the key.</param>
/// <param name="key">A key that the load overwrites for certain: the most popular one.</param>
/// <param name="display">Says so.</param>
internal sealed class SabotageRun(Sabotage way, ClusterClient client, int key, Display display)
{
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
            await client.Store.DeleteAsync(name);
            display.Say($"Sabotage: key {key} was deleted behind the verifier's back");
        }
        else if (way == Sabotage.RollBack)
        {
            KeyValueReadResult now = await client.GetAsync(name, CancellationToken.None);
            if (now.Value.Span.SequenceEqual(_first.Span))
            {
                throw new InvalidOperationException($"Key {key} was not overwritten by the load: nothing to set back.");
            }

            await client.PutAsync(name, _first, CancellationToken.None);
            display.Say($"Sabotage: key {key} was set back to its first value behind the verifier's back");
        }
    }
}
