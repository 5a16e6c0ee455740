using System.Collections.Immutable;
using System.Text;
using Replication.Raft.Primitives;
using Replication.Storage.Engine.Tree;

namespace Replication.Tests.Storage.Engine;

public sealed class VersionTreeTests
{
    [Theory]
    [InlineData(1, 400)]
    [InlineData(2, 5000)]
    [InlineData(3, 60)]
    public void Every_sealed_root_keeps_what_it_held(int seed, int keySpace)
    {
        Random random = new(seed);
        VersionTree tree = new();
        var model = ImmutableSortedDictionary.Create<string, KeyVersion>(StringComparer.Ordinal);
        List<(TreeNode Root, ImmutableSortedDictionary<string, KeyVersion> Model)> sealedRoots = [];
        for (int step = 0; step < 12_000; step++)
        {
            // Waves of growth and shrinking, so that leaves split, merge and vanish.
            bool grows = step / 2000 % 2 == 0;
            string key = $"{random.Next(keySpace):D5}";
            if (random.Next(10) < (grows ? 8 : 2))
            {
                model = model.SetItem(key, Put(tree, key, step));
            }
            else if (model.ContainsKey(key))
            {
                tree.Remove(Encoding.ASCII.GetBytes(key));
                model = model.Remove(key);
            }

            if (random.Next(300) == 0)
            {
                sealedRoots.Add((tree.Seal(), model));
            }
        }

        Assert.True(sealedRoots.Count > 10);
        foreach ((TreeNode root, ImmutableSortedDictionary<string, KeyVersion> expected) in sealedRoots)
        {
            AssertHolds(root, expected, random.Next(keySpace));
        }
    }

    [Fact]
    public void Removing_every_key_leaves_an_empty_leaf()
    {
        VersionTree tree = new();
        for (int i = 0; i < 3000; i++)
        {
            Put(tree, $"{i:D5}", i);
        }

        TreeNode full = tree.Seal();
        for (int i = 0; i < 3000; i++)
        {
            tree.Remove(Encoding.ASCII.GetBytes($"{i * 7 % 3000:D5}"));
        }

        Assert.Equal(0, Assert.IsType<TreeLeaf>(tree.Root).Count);
        Assert.Equal(3000, KeysFrom(full, string.Empty).Count());
        Assert.Throws<InvalidOperationException>(() => tree.Remove("x"u8));
    }

    [Fact]
    public void Keys_that_come_in_rising_order_fill_their_leaves()
    {
        VersionTree tree = new();
        for (int i = 0; i < 10_000; i++)
        {
            Put(tree, $"{i:D5}", i);
        }

        (int leaves, int keys) = Count(tree.Root);
        Assert.Equal(10_000, keys);
        Assert.True(leaves <= (keys / (TreeNode.Capacity - 1)) + 2, $"{leaves} leaves");
    }

    [Fact]
    public void An_update_copies_the_path_to_its_leaf_once_per_batch_and_nothing_else()
    {
        VersionTree tree = new();
        for (int i = 0; i < 10_000; i++)
        {
            Put(tree, $"{i:D5}", i);
        }

        TreeNode before = tree.Seal();
        Put(tree, "00500", 1);
        TreeNode after = tree.Root;
        Put(tree, "00500", 2);
        Assert.Same(after, tree.Root);
        HashSet<TreeNode> old = [.. Nodes(before)];
        Assert.Equal(Depth(after), Nodes(after).Count(node => !old.Contains(node)));
    }

    private static KeyVersion Put(VersionTree tree, string key, int step)
    {
        ref KeyVersion? slot = ref tree.Slot(Encoding.ASCII.GetBytes(key), out byte[] stored);
        slot = new KeyVersion(stored, [], new LogIndex(step), default);
        return slot;
    }

    private static void AssertHolds(TreeNode root, ImmutableSortedDictionary<string, KeyVersion> expected, int from)
    {
        Assert.Equal(expected.Values, KeysFrom(root, string.Empty));
        string bound = $"{from:D5}x";
        Assert.Equal(
            expected.Where(pair => string.CompareOrdinal(pair.Key, bound) >= 0).Select(pair => pair.Value),
                KeysFrom(root, bound));
        Assert.All(expected, pair =>
            Assert.Same(pair.Value, VersionTree.Find(root, Encoding.ASCII.GetBytes(pair.Key))));
        Assert.Null(VersionTree.Find(root, Encoding.ASCII.GetBytes(bound)));
    }

    private static IEnumerable<KeyVersion> KeysFrom(TreeNode root, string from)
    {
        TreeCursor cursor = new(root, Encoding.ASCII.GetBytes(from));
        while (cursor.MoveNext())
        {
            yield return cursor.Current;
        }
    }

    private static IEnumerable<TreeNode> Nodes(TreeNode node) => node is TreeBranch branch
        ? Enumerable.Range(0, branch.Count).SelectMany(index => Nodes(branch[index])).Append(node)
        : [node];

    private static int Depth(TreeNode node) => node is TreeBranch branch ? 1 + Depth(branch[0]) : 1;

    private static (int Leaves, int Keys) Count(TreeNode root)
    {
        TreeLeaf[] leaves = [.. Nodes(root).OfType<TreeLeaf>()];
        return (leaves.Length, leaves.Sum(leaf => leaf.Count));
    }
}
