using System.Buffers.Binary;
using System.Security.Cryptography;
using KvProcesses.Clients;
using Replication.Kv;

namespace KvProcesses.Verification;

/// <summary>What one replica holds, read from that replica alone.</summary>
public sealed record ReplicaContent
{
    /// <summary>Gets the node.</summary>
    public required int NodeId { get; init; }

    /// <summary>Gets the index of the last applied entry.</summary>
    public required long Applied { get; init; }

    /// <summary>Gets the number of keys.</summary>
    public required long Keys { get; init; }

    /// <summary>Gets a hash over all keys, values and versions in order.</summary>
    public required string Hash { get; init; }

    /// <summary>Reads every replica once all have applied the same entry. No write may be under way.</summary>
    /// <param name="client">Reaches the nodes.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="cancellationToken">Gives up waiting: what is there is read, equal or not.</param>
    /// <returns>What each holds.</returns>
    public static async Task<IReadOnlyList<ReplicaContent>> ReadAllAsync(
        ClusterClient client, IReadOnlyList<int> nodes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(nodes);
        while (!cancellationToken.IsCancellationRequested && !await AllEqualAsync(client, nodes).ConfigureAwait(false))
        {
            await Task.Delay(20, CancellationToken.None).ConfigureAwait(false);
        }

        List<ReplicaContent> contents = [];
        foreach (int node in nodes)
        {
            contents.Add(await ReadAsync(client, node).ConfigureAwait(false));
        }

        return contents;
    }

    private static async Task<bool> AllEqualAsync(ClusterClient client, IReadOnlyList<int> nodes)
    {
        HashSet<(long, long)> positions = [];
        foreach (int node in nodes)
        {
            if (await client.ViewAsync(node).ConfigureAwait(false) is not { } view)
            {
                return false;
            }

            positions.Add((view.AppliedIndex, view.LastIndex));
        }

        // Equal, and applied to the very end: nothing is left that could still make them differ.
        return positions.Count == 1 && positions.First() is var (applied, last) && applied == last;
    }

    private static async Task<ReplicaContent> ReadAsync(ClusterClient client, int node)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long keys = 0;
        await foreach (KeyValueItem item in client.ScanReplicaAsync(node).ConfigureAwait(false))
        {
            AddPart(hash, item.Key.Span);
            AddPart(hash, item.Value.Span);
            AddNumber(hash, item.Version.Value);
            keys++;
        }

        NodeView? view = await client.ViewAsync(node).ConfigureAwait(false);
        return new ReplicaContent
        {
            NodeId = node,
            Applied = view?.AppliedIndex ?? -1,
            Keys = keys,
            Hash = Convert.ToHexStringLower(hash.GetHashAndReset()),
        };
    }

    private static void AddPart(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        AddNumber(hash, part.Length);
        hash.AppendData(part);
    }

    private static void AddNumber(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
