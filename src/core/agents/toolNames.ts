// The names of the tools for agents.

export const toolNames = ['ferry_list_peers', 'ferry_list_inbox', 'ferry_propose_send'] as const;

export type ToolName = (typeof toolNames)[number];
