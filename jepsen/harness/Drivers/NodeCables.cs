namespace Harness.Drivers;

/// <summary>What takes a node off its network, and puts it back.</summary>
/// <param name="Unplug">Takes a node off.</param>
/// <param name="Plug">Puts it back.</param>
internal sealed record NodeCables(Action<int> Unplug, Action<int> Plug);
